package io.culvert.acceptance.demo;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each phase is a test; as in the demonstration, each needs those before it. */
class DemonstrationIT {
  private static final Laboratory LAB =
      new Laboratory(CulvertHome.find(), "culvert-it-demo", Laboratory.newRunDirectory());

  private final DemoWorld world = new DemoWorld(LAB);

  @TestFactory
  Stream<DynamicTest> everyPhaseHolds() {
    return DemoCommand.phases().stream().map(phase -> dynamicTest(phase.title(), () -> run(phase)));
  }

  private void run(Phase phase) {
    try {
      phase.run(world, new Findings(System.out::println));
    } catch (LabException | IllegalStateException e) {
      System.err.println("artefacts: " + Artefacts.collect(LAB, "DemonstrationIT"));
      throw e;
    }
  }

  @AfterAll
  static void remove() {
    LAB.close();
    Artefacts.delete(LAB.run());
  }
}
