package io.culvert.agent.control;

import io.culvert.agent.discovery.ServerAddresses;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.ServerFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a server and keeps the one link to it: every address of every name in random order, and
 * then again after a growing wait. What an old link still says is not heard. Owned by the control
 * thread.
 */
final class Connector {
  /** What the owner of the link must do. On the control thread. */
  interface Owner {
    /** A link was begun; the owner may send. */
    void onOpened();

    void onFrame(ServerFrame frame);

    /** The link has ended, and the next attempt is planned, for a reason given to people. */
    void onLost(String reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Connector.class);
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(4);

  /** A dead address costs no more than this while other addresses wait. */
  private static final Duration CONNECT_PATIENCE_WITH_OTHERS = Duration.ofSeconds(1);

  /** A server that does not lead the logon one step on within this time is left. */
  private static final Duration STEP_PATIENCE = Duration.ofSeconds(8);

  private final NodeIdentity identity;
  private final ScheduledExecutorService control;
  private final Owner owner;
  private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
  private final Deque<ServerAddresses.Target> untried = new ArrayDeque<>();
  private @Nullable Link link;
  private String server = "";

  /** Counts links; what was planned for another is not done. */
  private long generation;

  /** Counts the server's steps towards a link that stands; negative once it does. */
  private long step;

  /**
   * Connects to nothing yet.
   *
   * @param control the control thread
   */
  Connector(NodeIdentity identity, ScheduledExecutorService control, Owner owner) {
    this.identity = identity;
    this.control = control;
    this.owner = owner;
  }

  /** Begins a link to the next address. */
  void connect() {
    if (untried.isEmpty()) {
      untried.addAll(ServerAddresses.resolveAll(identity.servers()));
    }
    ServerAddresses.Target target = untried.poll();
    if (target == null) {
      lost("no server's name can be resolved: " + identity.servers(), Backoff.Cause.UNREACHABLE);
      return;
    }
    long current = ++generation;
    server = target.toString();
    link =
        Link.open(
            target,
            identity,
            untried.isEmpty() ? CONNECT_PATIENCE : CONNECT_PATIENCE_WITH_OTHERS,
            frame -> submit(current, () -> onFrame(frame)),
            end ->
                submit(
                    current,
                    () ->
                        lost(
                            end.reason(),
                            end.unreachable()
                                ? Backoff.Cause.UNREACHABLE
                                : Backoff.Cause.ANSWERED)));
    step = 0;
    stepTaken();
    owner.onOpened();
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
        STEP_PATIENCE,
        () -> {
          if (step == expected) {
            lost(
                "the server did not go on with the logon within %d s"
                    .formatted(STEP_PATIENCE.toSeconds()));
          }
        });
  }

  /** The link stands: the next search begins with all addresses and the shortest wait. */
  void stands() {
    step = -1;
    backoff.reset();
    untried.clear();
  }

  /** Does something after a wait, unless the link has ended by then. */
  void plan(Duration wait, Runnable work) {
    long current = generation;
    var _ =
        control.schedule(
            () -> ifStill(current, work), Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
  }

  private void submit(long ofGeneration, Runnable work) {
    try {
      control.execute(() -> ifStill(ofGeneration, work));
    } catch (RejectedExecutionException closed) {
      LOG.debug("a frame after the end");
    }
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
    lost(reason, Backoff.Cause.ANSWERED);
  }

  private void lost(String reason, Backoff.Cause cause) {
    boolean stood = step < 0;
    drop();
    plan(stood || untried.isEmpty() ? backoff.next(cause) : Duration.ZERO, this::connect);
    owner.onLost(reason);
  }

  /**
   * The server has refused the logon.
   *
   * @param atLeast how long it wants to be left alone
   * @param anotherMayTakeIt whether the next address is worth an attempt at once
   */
  void refused(Duration atLeast, boolean anotherMayTakeIt) {
    drop();
    Duration wait = backoff.next(Backoff.Cause.ANSWERED);
    if (anotherMayTakeIt && !untried.isEmpty()) {
      wait = Duration.ZERO;
    } else if (wait.compareTo(atLeast) < 0) {
      wait = atLeast;
    }
    plan(wait, this::connect);
  }

  /** Ends the link, if there is one, and plans nothing. */
  void drop() {
    generation++;
    step = 0;
    if (link != null) {
      link.close();
      link = null;
    }
  }

  /** Says a last word and ends the link in good order. */
  void end(AgentFrame last, Duration patience) {
    generation++;
    if (link != null) {
      link.send(last);
      link.complete(patience);
      link = null;
    }
  }
}
