package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.server.LoopbackPorts;
import io.culvert.server.agentgateway.RawAgent;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.bootstrap.ServerProcess.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three server processes over one database, which all of them reach throughout; the network between
 * the servers breaks.
 *
 * <pre>
 *   server0: oldest, all shards  |  server1   server2
 *            a minority        broken       the majority
 * </pre>
 */
class PartitionIT {
  private static final String PASSWORD = "correct horse battery";
  private static final String ORGANIZATIONS = "/api/v1/organizations";
  private static final String VPN = ORGANIZATIONS + "/acme/vpns/office";
  private static final List<String> HOSTS = List.of("127.0.0.11", "127.0.0.12", "127.0.0.13");

  @TempDir private Path directory;

  /**
   * An attempt to change the VPN, whose entity is at the oldest server.
   *
   * @param endNanos when the answer came
   */
  private record Attempt(long endNanos, Answer answer) {
    boolean isAcknowledged() {
      return answer.status() == 200;
    }

    long revision() {
      return answer.body().required("revision").asLong();
    }
  }

  @Test
  void aMinorityStopsBeforeTheMajorityGoesOnAndComesBack() throws Exception {
    try (Connection database = openDatabase();
        BreakableNetwork network = new BreakableNetwork()) {
      assertThat(database.isClosed()).isFalse();
      String storage =
          "culvert.embedded-storage { path = \"%s\", shared = true }%n".formatted(database());
      List<ServerProcess> servers = new ArrayList<>();
      try {
        servers.add(server(0, network, storage).awaitReady());
        ServerProcess oldest = servers.getFirst();
        Administrator first = oldest.administrator().login(oldest.firstPassword(), PASSWORD);
        house(first);
        for (int i = 1; i < HOSTS.size(); i++) {
          oldest.shareKeysWith(directory.resolve("data" + i));
          servers.add(server(i, network, storage));
        }
        servers.forEach(ServerProcess::awaitReady);
        breakAndHeal(network, servers, first);
      } finally {
        servers.forEach(ServerProcess::close);
      }
    }
  }

  private static void breakAndHeal(
      BreakableNetwork network, List<ServerProcess> servers, Administrator atMinority)
      throws Exception {
    ServerProcess minority = servers.get(0);
    ServerProcess majority = servers.get(1);
    Administrator atMajority = majority.administrator().login(PASSWORD, "");
    X509Certificate authority = authority(minority);
    try (RawAgent alpha = RawAgent.connect(minority.agentPort, authority)) {
      alpha.link("acme/alpha");
      ByteString ticket = alpha.ticket();
      Queue<Attempt> here = new ConcurrentLinkedQueue<>();
      Queue<Attempt> there = new ConcurrentLinkedQueue<>();
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writingHere = write(atMinority, here, enough);
      CompletableFuture<Void> writingThere = write(atMajority, there, enough);
      minority.await("both write", () -> acknowledged(here) > 5 && acknowledged(there) > 5);

      long brokenNanos = System.nanoTime();
      network.breakOff(Set.of(HOSTS.getFirst()));
      assertThat(minority.awaitExit()).as(minority.text()).isEqualTo(4);
      long endedNanos = System.nanoTime();
      writingHere.join();
      majority.await("it goes on", () -> firstAfter(there, brokenNanos) != Long.MAX_VALUE);
      enough.set(true);
      writingThere.join();

      long wentOn = firstAfter(there, brokenNanos);
      long lastHere =
          here.stream()
              .filter(Attempt::isAcknowledged)
              .mapToLong(Attempt::endNanos)
              .max()
              .orElseThrow();
      System.out.printf(
          "after the break: last change of the minority %.1f s, its end %.1f s, first of the majority %.1f s%n",
          (lastHere - brokenNanos) / 1e9,
          (endedNanos - brokenNanos) / 1e9,
          (wentOn - brokenNanos) / 1e9);
      assertThat(lastHere).as("two writers").isLessThan(wentOn);
      assertThat(here)
          .as("refusals with a reason")
          .anySatisfy(
              attempt -> {
                assertThat(attempt.answer().status()).isEqualTo(503);
                assertThat(attempt.answer().body().path("code").asText()).isEqualTo("minority");
                assertThat(attempt.answer().body().path("detail").asText())
                    .startsWith("this server reaches only 1 of 3 servers");
              });
      alpha.end();
      try (RawAgent again = RawAgent.connect(majority.agentPort, authority)) {
        again.hello();
        again.resume("acme/alpha", ticket);
        again.untilSynchronized();
      }

      network.heal();
      minority.launch();
      minority.awaitReady();
      List<Long> revisions =
          Stream.concat(here.stream(), there.stream())
              .filter(Attempt::isAcknowledged)
              .map(Attempt::revision)
              .toList();
      assertThat(revisions).as("of one writer").doesNotHaveDuplicates();
      for (ServerProcess server : servers) {
        Administrator administrator = server.administrator().login(PASSWORD, "");
        assertThat(administrator.expect(200, "GET", VPN, "").required("revision").asLong())
            .as("nothing acknowledged is lost")
            .isGreaterThanOrEqualTo(Collections.max(revisions));
        assertThat(administrator.expect(200, "GET", "/api/v1/servers", "")).hasSize(3);
      }
    }
  }

  private static long acknowledged(Queue<Attempt> attempts) {
    return attempts.stream().filter(Attempt::isAcknowledged).count();
  }

  /** When the first change was acknowledged that was asked for after a moment; never: MAX_VALUE. */
  private static long firstAfter(Queue<Attempt> attempts, long nanos) {
    return attempts.stream()
        .filter(Attempt::isAcknowledged)
        .mapToLong(Attempt::endNanos)
        .filter(end -> end - nanos > 3_000_000_000L)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Until it is enough, or the server has gone. */
  private static CompletableFuture<Void> write(
      Administrator administrator, Queue<Attempt> attempts, AtomicBoolean enough) {
    return CompletableFuture.runAsync(
        () -> {
          while (!enough.get()) {
            try {
              Answer answer = administrator.ask("POST", VPN + "/rekey", "");
              attempts.add(new Attempt(System.nanoTime(), answer));
            } catch (IOException gone) {
              return;
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          }
        },
        Thread::startVirtualThread);
  }

  private Path database() {
    return directory.resolve("db").resolve("culvert");
  }

  /** Who opens the file first serves it to the others: this process, which outlives them. */
  private Connection openDatabase() throws SQLException {
    System.setProperty("h2.bindAddress", "127.0.0.1");
    return DriverManager.getConnection(
        "jdbc:h2:file:%s;WRITE_DELAY=0;AUTO_SERVER=TRUE".formatted(database()), "culvert", "");
  }

  /** A server's ports at its address: for the others, and behind the network's relay. */
  private record Ports(int outer, int inner) {}

  private final List<Ports> ports =
      Stream.generate(() -> new Ports(LoopbackPorts.free(), LoopbackPorts.free()))
          .limit(HOSTS.size())
          .toList();

  private ServerProcess server(int index, BreakableNetwork network, String storage)
      throws IOException {
    String host = HOSTS.get(index);
    String seeds =
        IntStream.range(0, HOSTS.size())
            .mapToObj(i -> "\"%s:%d\"".formatted(HOSTS.get(i), ports.get(i).outer()))
            .collect(Collectors.joining(", "));
    Path config =
        Files.writeString(
            directory.resolve("server%d.conf".formatted(index)),
            storage
                + """
                culvert.cluster { host = "%s", join = [%s] }
                pekko {
                  remote.artery {
                    bind { hostname = "%s", port = %d }
                    advanced.tcp.outbound-client-hostname = "%s"
                  }
                  # The shards stay where they came to be: at the first server.
                  cluster.sharding.rebalance-interval = 1 hour
                }
                """
                    .formatted(host, seeds, host, ports.get(index).inner(), host));
    network.open(host, ports.get(index).outer(), ports.get(index).inner());
    return new ServerProcess(
        directory.resolve("data" + index),
        "--name",
        "server" + index,
        "--cluster-port",
        String.valueOf(ports.get(index).outer()),
        "--config",
        config.toString());
  }

  private static void house(Administrator administrator) throws Exception {
    String acme = ORGANIZATIONS + "/acme";
    administrator.expect(201, "POST", ORGANIZATIONS, "{\"name\":\"acme\"}");
    administrator.expect(201, "POST", acme + "/vpns", "{\"name\":\"office\"}");
    administrator.expect(201, "POST", acme + "/nodes", "{\"name\":\"alpha\"}");
    administrator.expect(
        200,
        "PUT",
        acme + "/nodes/alpha/password",
        "{\"userName\":\"alpha\",\"password\":\"%s\"}".formatted(PASSWORD));
  }

  private static X509Certificate authority(ServerProcess server) throws Exception {
    try (var pem = Files.newInputStream(server.data.resolve("ca.pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }
}
