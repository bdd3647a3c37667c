package io.culvert.agent.control;

import io.culvert.agent.discovery.ServerAddresses.Target;
import io.culvert.agent.discovery.ServerFinder;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.link.LinkTls;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.ServerFrame;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a server and keeps the one link to it. A round tries every address of every name, in the
 * order in which they win the races for a connection; then names are resolved again, after a
 * growing wait. What an old link or search still says is not heard. Owned by the control thread,
 * which never waits for names or connections.
 */
final class Connector {
  /** What the owner of the link must do. On the control thread. */
  interface Owner {
    /** A link was begun; the owner may send. */
    void onOpened();

    void onFrame(ServerFrame frame);

    /** No server accepts connections; the next search is planned. */
    void onNothingFound(String reason);

    /** The link has ended, and the next attempt is planned, for a reason given to people. */
    void onLost(String reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

  /** A server that does not lead the logon one step on within this time is left... */
  private static final Duration STEP_PATIENCE = Duration.ofSeconds(15);

  /** ... or within twice the time, if one was left so before: servers may be busy. At most this. */
  private static final Duration MAX_STEP_PATIENCE = Duration.ofSeconds(60);

  private final NodeIdentity identity;
  private final SslContext tls;
  private final ControlThread control;
  private final Owner owner;
  private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
  private final ServerFinder finder = ServerFinder.ofSystem();

  /** The addresses of this round that need not be tried again. */
  private final Set<Target> tried = new HashSet<>();

  private boolean othersLeft;

  /** Whether a server answered in this round. */
  private Backoff.Cause roundsCause = Backoff.Cause.UNREACHABLE;

  private @Nullable Thread search;
  private @Nullable Link link;
  private @Nullable Target target;
  private String server = "";

  /** Counts links; what was planned for another is not done. */
  private long generation;

  /** Counts the server's steps towards a link that stands; negative once it does. */
  private long step;

  private Duration patience = STEP_PATIENCE;

  /**
   * Connects to nothing yet.
   *
   * @param control the control thread
   */
  Connector(NodeIdentity identity, ControlThread control, Owner owner) {
    this.identity = identity;
    this.tls = LinkTls.ofNode(identity.privateKey(), identity.certificate(), identity.authority());
    this.control = control;
    this.owner = owner;
  }

  /** Begins to search for a server, and then a link to it. */
  void connect() {
    long current = ++generation;
    Set<Target> except = Set.copyOf(tried);
    search = Thread.ofVirtual().name("culvert-search").start(() -> search(current, except));
  }

  /** On a thread of its own: names may be slow, and addresses silent. */
  private void search(long ofGeneration, Set<Target> except) {
    try {
      ServerFinder.Search result = finder.find(identity.servers(), except);
      control.execute(
          () -> {
            if (generation == ofGeneration) {
              ControlClient.guarded(() -> onSearched(result)).run();
            } else if (result instanceof ServerFinder.Found found) {
              close(found.connection());
            }
          });
    } catch (InterruptedException e) {
      LOG.debug("a search was given up");
    } catch (RuntimeException e) {
      LOG.error("the search for a server failed", e);
      submit(ofGeneration, () -> foundNothing("the search for a server failed: " + e));
    }
  }

  private static void close(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException e) {
      LOG.debug("a connection that nobody wants cannot be closed", e);
    }
  }

  private void onSearched(ServerFinder.Search result) {
    tried.addAll(result.failures().keySet());
    switch (result) {
      case ServerFinder.Found found -> {
        tried.add(found.target());
        othersLeft = found.others() > 0;
        open(found);
      }
      case ServerFinder.Nothing nothing -> foundNothing(nothing.reason());
    }
  }

  private void foundNothing(String reason) {
    plan(endRound(), this::connect);
    owner.onNothingFound(reason);
  }

  private void open(ServerFinder.Found found) {
    long current = generation;
    target = found.target();
    server = found.target().toString();
    link =
        Link.open(
            found,
            tls,
            frame -> submit(current, () -> onFrame(frame)),
            reason -> submit(current, () -> lost(reason)));
    step = 0;
    stepTaken();
    owner.onOpened();
  }

  /** All addresses were tried: the next round begins with all of them, after this wait. */
  private Duration endRound() {
    Duration wait = backoff.next(roundsCause);
    tried.clear();
    othersLeft = false;
    roundsCause = Backoff.Cause.UNREACHABLE;
    finder.lookAgain(identity.servers());
    return wait;
  }

  private void onFrame(ServerFrame frame) {
    if (step >= 0) {
      stepTaken();
    }
    owner.onFrame(frame);
  }

  /** The logon has gone one step on: the server has time again for the next. */
  private void stepTaken() {
    long expected = ++step;
    plan(
        patience,
        () -> {
          if (step == expected) {
            onNoStep();
          }
        });
  }

  private void onNoStep() {
    String missing =
        switch ((int) step) {
          case 1 -> "did not welcome this agent";
          case 2 -> "did not answer the logon";
          default -> "did not send all views";
        };
    String reason = "the server %s within %d s".formatted(missing, patience.toSeconds());
    Duration doubled = patience.multipliedBy(2);
    patience = doubled.compareTo(MAX_STEP_PATIENCE) < 0 ? doubled : MAX_STEP_PATIENCE;
    lost(reason);
  }

  /** The link stands: the next search begins with all addresses and the shortest wait. */
  void stands() {
    step = -1;
    patience = STEP_PATIENCE;
    backoff.reset();
    tried.clear();
    if (target != null) {
      finder.worked(target);
    }
  }

  /** Does something after a wait, unless the link has ended by then. */
  void plan(Duration wait, Runnable work) {
    long current = generation;
    control.after(wait, () -> ifStill(current, work));
  }

  private void submit(long ofGeneration, Runnable work) {
    control.execute(() -> ifStill(ofGeneration, work));
  }

  private void ifStill(long ofGeneration, Runnable work) {
    if (generation == ofGeneration) {
      ControlClient.guarded(work).run();
    }
  }

  void send(AgentFrame frame) {
    if (link != null) {
      link.send(frame);
    }
  }

  /** The address that was used last; empty at first. */
  String server() {
    return server;
  }

  /** Gives this server up, for a reason given to people, and plans the next attempt. */
  void lost(String reason) {
    boolean stood = step < 0;
    markFailed();
    drop();
    roundsCause = Backoff.Cause.ANSWERED;
    plan(stood || !othersLeft ? endRound() : Duration.ZERO, this::connect);
    owner.onLost(reason);
  }

  /**
   * The server has refused the logon.
   *
   * @param atLeast how long it wants to be left alone
   * @param anotherMayTakeIt whether the next address is worth an attempt at once
   */
  void refused(Duration atLeast, boolean anotherMayTakeIt) {
    if (anotherMayTakeIt) {
      markFailed();
    }
    drop();
    roundsCause = Backoff.Cause.ANSWERED;
    if (anotherMayTakeIt && othersLeft) {
      plan(Duration.ZERO, this::connect);
      return;
    }
    Duration wait = endRound();
    plan(wait.compareTo(atLeast) < 0 ? atLeast : wait, this::connect);
  }

  /** The server did not serve this agent: its address comes last for a while. */
  private void markFailed() {
    if (target != null) {
      finder.failed(target);
    }
  }

  /** Ends the link, if there is one, and plans nothing. */
  void drop() {
    giveUpSearch();
    step = 0;
    if (link != null) {
      link.close();
      link = null;
    }
  }

  /** Says a last word and ends the link in good order. */
  void end(AgentFrame last, Duration patience) {
    giveUpSearch();
    if (link != null) {
      link.send(last);
      link.complete(patience);
      link = null;
    }
  }

  /** What was planned or is being searched for is not wanted any more. */
  private void giveUpSearch() {
    generation++;
    if (search != null) {
      search.interrupt();
      search = null;
    }
  }
}
