package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.LoopbackPorts;
import io.culvert.server.agentgateway.RawAgent;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two server processes; the one that has all shards is killed. Its agent comes back to the other
 * one with its ticket, and has its view before any shard answers.
 *
 * <pre>
 *   alpha --link--> "home": all shards        killed with SIGKILL
 *   beta  --link--> "other": feed of the VPN  alpha comes here
 * </pre>
 */
class RelinkIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  @TempDir private Path directory;

  @Test
  void comesBackAtOnceWhileNoShardAnswers() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("server.conf"),
            """
            culvert.embedded-storage { path = "%s", shared = true }
            # The shards stay where they came to be: at the first server.
            pekko.cluster.sharding.rebalance-interval = 1 hour
            """
                .formatted(directory.resolve("db").resolve("culvert")));
    // Of two servers the one with the lower address goes on alone (split-brain-resolver).
    List<Integer> ports =
        Stream.generate(LoopbackPorts::free).distinct().limit(2).sorted().toList();
    try (ServerProcess home = server("home", ports.getLast(), config).awaitReady()) {
      Administrator administrator = AcmeOffice.at(home);
      home.shareKeysWith(directory.resolve("other"));
      try (ServerProcess other =
              server("other", ports.getFirst(), config, "--join", "127.0.0.1:" + ports.getLast())
                  .awaitReady();
          RawAgent alpha = RawAgent.connect(home.agentPort, home.authority());
          RawAgent beta = RawAgent.connect(other.agentPort, home.authority())) {
        beta.link("acme/beta");
        alpha.link("acme/alpha");
        ByteString ticket = alpha.ticket();
        long revision = revision(beta, administrator);

        long killedNanos = System.nanoTime();
        home.kill();
        alpha.end();
        try (RawAgent again = RawAgent.connect(other.agentPort, home.authority());
            RawAgent gamma = RawAgent.connect(other.agentPort, home.authority())) {
          gamma.hello();
          gamma.logon("acme/gamma", AcmeOffice.PASSWORD);
          again.hello();
          again.resume("acme/alpha", ticket);
          List<ServerFrame> frames = again.untilSynchronized();
          Duration took = Duration.ofNanos(System.nanoTime() - killedNanos);

          assertThat(took).as("linked again: %s", other.text()).isLessThan(AT_ONCE);
          assertThat(gamma.next().hasWelcome()).isTrue();
          assertThat(gamma.waiting()).as("answers to the one who has a password only").isZero();
          assertThat(frames)
              .filteredOn(ServerFrame::hasSnapshot)
              .singleElement()
              .satisfies(
                  frame -> {
                    assertThat(frame.getSnapshot().getVpnId()).isEqualTo(AcmeOffice.VPN);
                    assertThat(frame.getSnapshot().getRevision()).isEqualTo(revision);
                    assertThat(frame.getSnapshot().getSelf().getNodeId()).isEqualTo("acme/alpha");
                  });

          // When the shards are back the node is surely its own: a new ticket says so.
          again.ticket();
          assertThat(again.hasEnded()).isFalse();
        }
      }
    }
  }

  private ServerProcess server(String name, int clusterPort, Path config, String... more) {
    return new ServerProcess(
        directory.resolve(name),
        Stream.concat(
                Stream.of(
                    "--name",
                    name,
                    "--cluster-port",
                    String.valueOf(clusterPort),
                    "--config",
                    config.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** Of the VPN, when the feed of the other server has it too. */
  private static long revision(RawAgent beta, Administrator administrator) throws Exception {
    long revision =
        administrator
            .expect(200, "POST", "/api/v1/organizations/acme/vpns/office/rekey", "")
            .required("revision")
            .asLong();
    ServerFrame frame;
    do {
      frame = beta.next();
    } while (frame.getUpdate().getRevision() < revision);
    return revision;
  }
}
