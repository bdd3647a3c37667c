package io.culvert.acceptance.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.cluster.OwnPostgreSql;
import io.culvert.acceptance.history.Checker;
import io.culvert.acceptance.history.CommandRecord;
import io.culvert.acceptance.history.History;
import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code ./culvert chaos}: five faults on three servers with twelve agents, and
 * every rule of the checker. {@code -Dculvert.seed=N} runs the schedule of another seed.
 */
class ChaosIT {
  private static final int FAULTS = 5;

  /** Its first five faults: agents leave, a server is drained, one killed, two are paused. */
  private static final long SEED = 25;

  private static final ChaosRun.Size SIZE = new ChaosRun.Size(3, 12, 5);
  private static final Duration GRACE = Duration.ofSeconds(15);

  @TempDir private Path directory;

  @Test
  void losesNothingInFiveFaults() {
    long seed = Long.getLong("culvert.seed", SEED);
    System.out.printf("chaos: seed %d; again with -Dculvert.seed=%d%n", seed, seed);
    CulvertHome home = CulvertHome.find();
    try (ChaosWorld world =
        ChaosWorld.make(home, directory, OwnPostgreSql.start(home), SIZE, GRACE)) {
      History history =
          new ChaosRun(world, GRACE, System.out::println)
              .run(seed, Schedule.of(seed, FAULTS, SIZE.servers(), SIZE.agents()));

      assertThat(Checker.check(history)).as("seed %d", seed).isEmpty();
      assertThat(history.views()).hasSize(SIZE.agents());
      assertThat(history.commands())
          .extracting(CommandRecord::outcome)
          .contains(CommandRecord.Outcome.ACKNOWLEDGED);
    } catch (AssertionError | LabException e) {
      System.out.println("logs: " + Artefacts.collect(home, directory, "ChaosIT"));
      throw e;
    }
  }
}
