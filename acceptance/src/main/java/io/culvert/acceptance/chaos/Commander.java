package io.culvert.acceptance.chaos;

import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.cluster.ClusterAdministrator.Answer;
import io.culvert.acceptance.history.CommandRecord;
import io.culvert.acceptance.history.CommandRecord.Kind;
import io.culvert.acceptance.history.CommandRecord.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * An administrator who never rests: admits and removes nodes, one command at a time. A command
 * without an answer is repeated, with the same request id, at the next server, until it has one.
 */
final class Commander implements Runnable {
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ClusterAdministrator administrator;
  private final String vpn;
  private final List<String> nodes;
  private final Random random;
  private final Clock clock;
  private final Set<String> admitted = new HashSet<>();
  private final List<CommandRecord> records = new ArrayList<>();
  private int server;
  private volatile boolean stopping;
  private volatile int done;

  /** Microseconds since the epoch. */
  interface Clock {
    long micros();
  }

  /**
   * For some nodes.
   *
   * @param nodes that are in no VPN now
   */
  Commander(
      ClusterAdministrator administrator,
      String vpn,
      List<String> nodes,
      Random random,
      Clock clock) {
    this.administrator = administrator;
    this.vpn = vpn;
    this.nodes = List.copyOf(nodes);
    this.random = random;
    this.clock = clock;
  }

  /** Commands until {@link #stop}, which lets the last one be answered. */
  @Override
  public void run() {
    while (!stopping) {
      String node = nodes.get(random.nextInt(nodes.size()));
      command(admitted.contains(node) ? Kind.REMOVE : Kind.ADMIT, node);
      done = records.size();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void command(Kind kind, String node) {
    String requestId = UUID.randomUUID().toString();
    long begun = clock.micros();
    long deadline = begun + PATIENCE.toNanos() / 1_000;
    CommandRecord record;
    do {
      record = attempt(kind, node, requestId, begun);
    } while (record.outcome() == Outcome.UNKNOWN && clock.micros() < deadline);
    records.add(record);
    if (kind == Kind.ADMIT) {
      admitted.add(node);
    } else {
      admitted.remove(node);
    }
  }

  private CommandRecord attempt(Kind kind, String node, String requestId, long begun) {
    String method = kind == Kind.ADMIT ? "PUT" : "DELETE";
    Outcome outcome = Outcome.UNKNOWN;
    long revision = 0;
    String said;
    try {
      Answer answer =
          administrator.ask(
              server, method, ClusterAdministrator.memberPath(vpn, node), Map.of(), requestId);
      said = answer.toString();
      if (answer.isGood()) {
        outcome = Outcome.ACKNOWLEDGED;
        revision = answer.body().path("revision").asLong();
      } else if (answer.status() / 100 == 4) {
        outcome = Outcome.REFUSED;
      }
    } catch (IOException e) {
      said = e.toString();
    }
    if (outcome == Outcome.UNKNOWN) {
      server++;
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return new CommandRecord(begun, clock.micros(), kind, vpn, node, outcome, revision, said);
  }

  /** How many commands were answered or given up so far. Any thread. */
  int done() {
    return done;
  }

  /** No more commands. Any thread. */
  void stop() {
    stopping = true;
  }

  /** All commands; call it when {@link #run} has returned. */
  List<CommandRecord> records() {
    return List.copyOf(records);
  }
}
