package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.LoopbackPorts;
import io.culvert.server.agentgateway.RawAgent;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
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
  private static final String PASSWORD = "correct horse battery";
  private static final String VPN = "acme/office";
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
      Administrator administrator = house(home);
      home.shareKeysWith(directory.resolve("other"));
      try (ServerProcess other =
              server("other", ports.getFirst(), config, "--join", "127.0.0.1:" + ports.getLast())
                  .awaitReady();
          RawAgent alpha = RawAgent.connect(home.agentPort, authority(home));
          RawAgent beta = RawAgent.connect(other.agentPort, authority(home))) {
        beta.link("acme/beta");
        alpha.link("acme/alpha");
        ByteString ticket = alpha.ticket();
        long revision = revision(beta, administrator);

        long killedNanos = System.nanoTime();
        home.kill();
        alpha.end();
        try (RawAgent again = RawAgent.connect(other.agentPort, authority(home));
            RawAgent gamma = RawAgent.connect(other.agentPort, authority(home))) {
          gamma.hello();
          gamma.logon("acme/gamma", PASSWORD);
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
                    assertThat(frame.getSnapshot().getVpnId()).isEqualTo(VPN);
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

  /** An organization, a VPN and three nodes in it; their shards come to be at this server. */
  private static Administrator house(ServerProcess server) throws Exception {
    Administrator administrator = server.administrator().login(server.firstPassword(), PASSWORD);
    String acme = "/api/v1/organizations/acme";
    administrator.expect(201, "POST", "/api/v1/organizations", "{\"name\":\"acme\"}");
    administrator.expect(201, "POST", acme + "/vpns", "{\"name\":\"office\"}");
    for (String node : List.of("alpha", "beta", "gamma")) {
      administrator.expect(201, "POST", acme + "/nodes", "{\"name\":\"%s\"}".formatted(node));
      administrator.expect(
          200,
          "PUT",
          acme + "/nodes/" + node + "/password",
          "{\"userName\":\"%s\",\"password\":\"%s\"}".formatted(node, PASSWORD));
      administrator.expect(200, "PUT", acme + "/vpns/office/members/" + node, "");
    }
    return administrator;
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

  private static X509Certificate authority(ServerProcess server)
      throws IOException, CertificateException {
    try (InputStream pem = Files.newInputStream(server.data.resolve("ca.pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }
}
