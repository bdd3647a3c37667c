package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.agentgateway.RawAgent;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.bootstrap.ServerProcess.Answer;
import io.culvert.server.feed.NaiveView;
import io.culvert.server.storage.PostgreSqlServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three agents of one server whose PostgreSQL hangs, and later dies. Each time a change of the VPN
 * and one of the node gamma are on their way, so that both entities fail and cannot come back
 * before the database does. Meanwhile
 *
 * <pre>
 *   alpha   tells new attributes again and again, and beta sees each of them
 *   gamma   loses its link and comes back with its ticket
 *   change  is refused at once
 * </pre>
 */
class AgentsWithoutDatabaseIT {
  /** Sessions claim their nodes every 5 s: each does it three times. */
  private static final Duration AWAY = Duration.ofSeconds(17);

  private static final Duration PACE = Duration.ofMillis(500);

  /** Nobody may know yet that the database is away; who waits for it would wait for ever. */
  private static final Duration NOTICED = Duration.ofSeconds(10);

  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  @TempDir private Path directory;

  @Test
  void goOnWithoutAndAfterIt() throws Exception {
    try (PostgreSqlServers databases = PostgreSqlServers.open()) {
      PostgreSqlServers.Host database = databases.primary();
      Path config =
          Files.writeString(
              directory.resolve("server.conf"), databases.configuration(List.of(database)));
      try (ServerProcess server =
          new ServerProcess(directory.resolve("data"), "--config", config.toString())
              .awaitReady()) {
        Administrator administrator = AcmeOffice.at(server);
        try (Agent alpha = Agent.link(server, "acme/alpha");
            Agent beta = Agent.link(server, "acme/beta");
            Agent gamma = Agent.link(server, "acme/gamma")) {
          alpha.awaitOnline(beta, gamma);
          beta.awaitOnline(alpha, gamma);
          ByteString ticket = gamma.raw.ticket();

          failChanges(administrator, database::pause);
          try (Agent again =
              withoutDatabase(server, administrator, alpha, beta, gamma, ticket, 5_000)) {
            database.resume();
            goesOn(server, administrator, alpha, beta, again);
            ByteString newTicket = again.raw.ticket();

            failChanges(administrator, database::kill);
            try (Agent third =
                withoutDatabase(server, administrator, alpha, beta, again, newTicket, 6_000)) {
              database.start();
              goesOn(server, administrator, alpha, beta, third);
            }
          }
        }
      }
    }
  }

  /** A raw agent and its view of the only VPN. */
  private record Agent(String node, RawAgent raw, NaiveView view) implements AutoCloseable {
    static Agent link(ServerProcess server, String node) throws Exception {
      RawAgent raw = RawAgent.connect(server.agentPort, server.authority());
      return new Agent(node, raw, raw.linkToOneVpn(node));
    }

    /** With a ticket and nothing else. */
    static Agent resume(ServerProcess server, String node, ByteString ticket) throws Exception {
      RawAgent raw = RawAgent.connect(server.agentPort, server.authority());
      raw.hello();
      raw.resume(node, ticket);
      NaiveView view = new NaiveView();
      raw.untilSynchronized().stream().filter(ServerFrame::hasSnapshot).forEach(view::apply);
      return new Agent(node, raw, view);
    }

    void awaitOnline(Agent... peers) {
      raw.follow(
          view,
          now ->
              Stream.of(peers)
                  .allMatch(
                      peer -> Objects.requireNonNull(now.peers().get(peer.node)).getOnline()));
    }

    void tell(int udpPort) {
      raw.attributes(RawAgent.attributes(node, udpPort));
    }

    /** Waits until it sees a peer, online all the time, with the attributes that it told last. */
    void sees(Agent peer, int udpPort) {
      raw.follow(
          view,
          now -> {
            PeerView seen = Objects.requireNonNull(now.peers().get(peer.node));
            assertThat(seen.getOnline()).as("%s online for %s", peer.node, node).isTrue();
            return seen.getCandidatesList().stream().anyMatch(at -> at.getPort() == udpPort);
          });
    }

    @Override
    public void close() {
      raw.close();
    }
  }

  /** Changes follow each other without a pause, so the fault meets one of each kind. */
  private static void failChanges(Administrator administrator, Runnable fault) {
    Changes ofVpn = new Changes(administrator, "POST", AcmeOffice.rekeyPath(), "");
    Changes ofNode =
        new Changes(
            administrator,
            "PUT",
            AcmeOffice.passwordPath("gamma"),
            AcmeOffice.passwordBody("gamma"));
    ofVpn.begun.join();
    ofNode.begun.join();
    long fails = System.nanoTime();
    fault.run();
    assertThat(List.of(ofVpn.last.join(), ofNode.last.join()))
        .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(503));
    assertThat(Duration.ofNanos(System.nanoTime() - fails)).isLessThan(NOTICED);
  }

  /** One change after the other, until one is not taken. */
  private static final class Changes {
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Answer> last;

    Changes(Administrator administrator, String method, String path, String body) {
      last =
          CompletableFuture.supplyAsync(
              () -> {
                Answer answer;
                do {
                  answer = asked(administrator, method, path, body);
                  begun.complete(null);
                } while (answer.status() == 200);
                return answer;
              },
              task -> Thread.ofVirtual().start(task));
    }
  }

  /**
   * What works without a database, for a while.
   *
   * @param leaving comes back with its ticket
   * @param firstPort an unused port to tell; so are the next hundred
   * @return who came back
   */
  private static Agent withoutDatabase(
      ServerProcess server,
      Administrator administrator,
      Agent alpha,
      Agent beta,
      Agent leaving,
      ByteString ticket,
      int firstPort)
      throws Exception {
    long end = System.nanoTime() + AWAY.toNanos();
    leaving.close();
    Agent again = Agent.resume(server, leaving.node, ticket);
    int port = firstPort;
    again.tell(port);
    alpha.sees(again, port);
    while (System.nanoTime() < end) {
      port++;
      alpha.tell(port);
      beta.sees(alpha, port);
      again.sees(alpha, port);
      refusedAtOnce(administrator);
      LockSupport.parkNanos(PACE.toNanos());
    }
    assertThat(again.view.staleMillis()).as("the VPN's entity is away").isPositive();
    return again;
  }

  private static void refusedAtOnce(Administrator administrator) {
    long begun = System.nanoTime();
    assertThat(asked(administrator, "POST", AcmeOffice.rekeyPath(), "").status()).isEqualTo(503);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
  }

  /** A change is taken and reaches all; all sessions are those from before. */
  private static void goesOn(ServerProcess server, Administrator administrator, Agent... agents) {
    Answer[] last = new Answer[1];
    server.await(
        "taking changes",
        () -> {
          last[0] = asked(administrator, "POST", AcmeOffice.rekeyPath(), "");
          return last[0].status() == 200;
        });
    long revision = last[0].body().required("revision").asLong();
    for (Agent agent : agents) {
      agent.raw.follow(agent.view, view -> view.revision() >= revision && view.staleMillis() == 0);
      assertThat(agent.raw.hasEnded()).isFalse();
    }
  }

  private static Answer asked(
      Administrator administrator, String method, String path, String body) {
    try {
      return administrator.ask(method, path, body);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
