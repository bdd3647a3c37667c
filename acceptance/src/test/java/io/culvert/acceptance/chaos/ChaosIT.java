package io.culvert.acceptance.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.Outcome;
import io.culvert.acceptance.lab.Programs;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The short form of {@code ./culvert chaos}, which makes the network that it cuts: five faults on
 * three servers with twelve agents, and every rule of the checker. {@code -Dculvert.seed=N} runs
 * the schedule of another seed.
 */
class ChaosIT {
  private static final int FAULTS = 5;
  private static final int AGENTS = 12;
  private static final Duration LIMIT = Duration.ofMinutes(15);

  /**
   * Its first five faults: the oldest server is cut off from the others, another is paused and the
   * third cut off from everybody; agents leave, and a server is killed.
   */
  private static final long SEED = 1606;

  @Test
  void losesNothingInFiveFaults() {
    long seed = Long.getLong("culvert.seed", SEED);
    System.out.printf("chaos: seed %d; again with -Dculvert.seed=%d%n", seed, seed);

    Outcome outcome = chaos("--faults", FAULTS, "--agents", AGENTS, "--seed", seed, "--json");

    System.out.println(outcome.errors());
    assertThat(outcome.exitStatus()).as(outcome.output()).isZero();
    JsonNode report = outcome.json();
    assertThat(report.required("violations")).as("seed %d", seed).isEmpty();
    assertThat(report.required("held").asBoolean()).isTrue();
    assertThat(report.required("views").asInt()).isEqualTo(AGENTS);
    assertThat(report.required("acknowledged").asInt()).isPositive();
  }

  private static Outcome chaos(Object... arguments) {
    List<String> command =
        Stream.concat(Stream.of(CulvertHome.find().launcher(), "chaos"), Stream.of(arguments))
            .map(Object::toString)
            .toList();
    return Programs.run(command, CulvertHome.RUN_WHAT_IS_BUILT, null, LIMIT);
  }
}
