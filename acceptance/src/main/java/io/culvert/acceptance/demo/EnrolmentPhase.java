package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Administrator;

/** The administrator makes an organization, a VPN and three nodes; the nodes enrol. */
final class EnrolmentPhase implements Phase {
  @Override
  public String title() {
    return "organization, VPN and three nodes";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    Administrator administrator = world.administrator();
    administrator.createOrganization(DemoWorld.ORGANIZATION);
    administrator.createVpn(DemoWorld.VPN);
    for (DemoNode node : DemoNode.values()) {
      administrator.createNode(node.nodeId());
      administrator.admit(DemoWorld.VPN, node.nodeId());
      world.agent(node).useToken(administrator.issueToken(node.nodeId()));
    }
    findings.note(
        "%s with AES-256-GCM; a one-time token for each of %d nodes"
            .formatted(DemoWorld.VPN, DemoNode.values().length));
  }
}
