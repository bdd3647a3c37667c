package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Laboratory;

/** Builds the network. */
final class LaboratoryPhase implements Phase {
  @Override
  public String title() {
    return "laboratory: an Internet with NATs";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    world.lab().build(Laboratory.Shape.INTERNET);
    for (DemoNode node : DemoNode.values()) {
      findings.note(
          "%-4s %-18s own address %-11s seen from the Internet as %s"
              .formatted(node.host(), node.place(), node.ownAddress(), node.outerAddress()));
    }
    findings.note("namespaces %s-*, connected to nothing else".formatted(world.lab().name()));
  }
}
