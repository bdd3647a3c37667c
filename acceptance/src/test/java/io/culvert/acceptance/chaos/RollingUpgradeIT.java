package io.culvert.acceptance.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.cluster.OwnPostgreSql;
import io.culvert.acceptance.cluster.ServerHost;
import io.culvert.acceptance.history.AgentEvent;
import io.culvert.acceptance.history.Checker;
import io.culvert.acceptance.history.CommandRecord;
import io.culvert.acceptance.history.History;
import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Programs;
import io.culvert.agent.control.AgentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers and thirty agents of the previous commit's distribution (see {@code
 * ops/upgrade/previous.sh}); each server in turn is drained and replaced by this one's, while an
 * administrator goes on. The agents stay what they are, as they do in the field.
 */
class RollingUpgradeIT {
  private static final ChaosRun.Size SIZE = new ChaosRun.Size(3, 30, 5);
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(10);
  private static final Duration SPREAD_LIMIT = Duration.ofMinutes(1);
  private static final long SEED = 25;

  /** What an agent tells people when a server wants it to go to another one, as it then does. */
  private static final String MOVES =
      ".*: (the server is going to stop|UNAVAILABLE: the server is going to stop; use another one"
          + "|another server has more room|moved away, as the server asked)";

  @TempDir private Path directory;

  @Test
  void replacesServersUnderAgentsWithoutAnError() throws IOException {
    CulvertHome next = CulvertHome.find();
    CulvertHome previous = previous(next);
    try (ChaosWorld world =
        ChaosWorld.make(
            previous,
            directory,
            OwnPostgreSql.start(next),
            ServerHost.loopback(SIZE.servers()),
            SIZE,
            GRACE)) {
      assertThat(world.cluster().servers()).allMatch(server -> isFrom(previous, server));

      History history = new ChaosRun(world, GRACE, System.out::println).upgrade(SEED, next);

      assertThat(world.cluster().servers()).allMatch(server -> isFrom(next, server));
      assertThat(Checker.check(history)).isEmpty();
      assertThat(history.views()).hasSize(SIZE.agents());
      assertThat(history.commands())
          .extracting(CommandRecord::outcome)
          .containsOnly(CommandRecord.Outcome.ACKNOWLEDGED);
      assertThat(world.swarm().count().problems().keySet()).allMatch(told -> told.matches(MOVES));
      assertThat(history.events())
          .filteredOn(AgentEvent.InState.class::isInstance)
          .extracting(event -> ((AgentEvent.InState) event).state())
          .doesNotContain(AgentState.DISPLACED.toString(), AgentState.REVOKED.toString());
      // The server that was replaced last began with none.
      Await.until(
          "all agents to be linked, and no server to have more than a tenth above the mean",
          SPREAD_LIMIT,
          () -> isEven(world.agentsOfServers()));
    } catch (AssertionError | LabException e) {
      System.out.println("logs: " + Artefacts.collect(next, directory, "RollingUpgradeIT"));
      throw e;
    }
  }

  private static boolean isEven(List<Integer> agents) {
    return agents.stream().mapToInt(Integer::intValue).sum() == SIZE.agents()
        && agents.stream().allMatch(own -> 10 * SIZE.servers() * own <= 11 * SIZE.agents());
  }

  private static CulvertHome previous(CulvertHome here) {
    String built =
        Programs.run(
                List.of(here.directory().resolve("ops/upgrade/previous.sh").toString()),
                Map.of(),
                null,
                BUILD_LIMIT)
            .orFail()
            .output();
    return new CulvertHome(Path.of(built.strip()));
  }

  private static boolean isFrom(CulvertHome home, ClusterServer server) {
    try {
      return Files.readString(Path.of("/proc/%d/cmdline".formatted(server.pid())))
          .contains(home.directory().resolve("cluster-node/target/distribution/lib") + "/");
    } catch (IOException e) {
      throw new LabException(server.name() + " does not run", e);
    }
  }
}
