package io.culvert.acceptance.swarm;

import io.culvert.acceptance.history.AgentEvent;
import io.culvert.acceptance.history.AgentView;
import io.culvert.agent.control.AgentListener;
import io.culvert.agent.control.AgentState;
import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlThread;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.view.VpnReplica;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One agent: its identity, its client while it runs, and the times of what it went through. Its
 * listener is called on the control thread; the rest belongs to whoever drives the swarm.
 */
final class SwarmAgent {
  private final NodeIdentity identity;
  private final ScheduledExecutorService controlThread;
  private final Consumer<String> onProblem;
  private final SwarmLog log;
  private final InstantSource clock;
  private int life;
  private @Nullable ControlClient client;

  // Guarded by this: written by the control thread.
  private AgentState state = AgentState.OFFLINE;
  private long linkedMicros;
  private long lostMicros;
  private List<VpnReplica> known = List.of();
  private final Map<String, Reached> reached = new HashMap<>();

  /** A revision of a VPN, and when this agent first had it. */
  private record Reached(long revision, long micros) {}

  SwarmAgent(
      NodeIdentity identity,
      ScheduledExecutorService controlThread,
      Consumer<String> onProblem,
      SwarmLog log,
      InstantSource clock) {
    this.identity = identity;
    this.controlThread = controlThread;
    this.onProblem = onProblem;
    this.log = log;
    this.clock = clock;
  }

  String nodeId() {
    return identity.nodeId();
  }

  boolean isRunning() {
    return client != null;
  }

  /** Begins a new life, unless it runs. */
  void start() {
    if (client != null) {
      return;
    }
    Life next = new Life(++life);
    synchronized (this) {
      known = List.of();
      reached.clear();
    }
    client =
        new ControlClient(
            identity,
            new SwarmDataPlane(next::onReplicas),
            next,
            clock,
            "swarm",
            ControlThread.shared(controlThread));
    next.client = client;
    client.start();
  }

  /** Ends this life; {@code logOff} tells the server. */
  void stop(boolean logOff) {
    ControlClient ending = client;
    if (ending == null) {
      return;
    }
    client = null;
    if (logOff) {
      ending.close();
    } else {
      ending.abandon();
    }
    synchronized (this) {
      state = AgentState.OFFLINE;
      lostMicros = micros();
      log.onState(
          nodeId(),
          life,
          logOff ? AgentEvent.LOGGED_OFF : AgentState.OFFLINE.toString(),
          "",
          lostMicros);
    }
  }

  synchronized boolean isLinked() {
    return state == AgentState.LINKED;
  }

  /** When it last became linked, microseconds since the epoch; 0 if never. */
  synchronized long linkedMicros() {
    return linkedMicros;
  }

  /** Whether it lost a link at or after a time. */
  synchronized boolean lostSince(long micros) {
    return lostMicros >= micros;
  }

  /** When it first had a revision, or a later one; empty if it does not. */
  synchronized OptionalLong reached(String vpn, long revision) {
    Reached last = reached.get(vpn);
    return last != null && last.revision() >= revision
        ? OptionalLong.of(last.micros())
        : OptionalLong.empty();
  }

  /** Whether it knows anything of a VPN. */
  synchronized boolean isIn(String vpn) {
    return reached.containsKey(vpn);
  }

  synchronized List<AgentView> views() {
    return known.stream()
        .map(replica -> SeenViews.view(nodeId(), state.toString(), replica))
        .toList();
  }

  private long micros() {
    var now = clock.instant();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  /** What happens between a start and a stop. */
  private final class Life implements AgentListener {
    private final int number;
    private @Nullable ControlClient client;

    Life(int number) {
      this.number = number;
    }

    @Override
    public void onState(AgentState next) {
      synchronized (SwarmAgent.this) {
        if (number != life) {
          return;
        }
        long now = micros();
        if (next == AgentState.LINKED) {
          linkedMicros = now;
        } else if (state == AgentState.LINKED) {
          lostMicros = now;
        }
        state = next;
        ControlClient current = client;
        log.onState(
            nodeId(),
            number,
            next.toString(),
            current == null ? "" : current.status().server(),
            now);
      }
    }

    @Override
    public void onSynchronized() {}

    @Override
    public void onProblem(String message) {
      onProblem.accept(message);
    }

    private void onReplicas(List<VpnReplica> now) {
      synchronized (SwarmAgent.this) {
        if (number != life) {
          return;
        }
        long micros = micros();
        for (VpnReplica replica : changed(now)) {
          Reached last = reached.get(replica.vpnId());
          if (last == null || last.revision() != replica.revision()) {
            reached.put(replica.vpnId(), new Reached(replica.revision(), micros));
          }
          log.onView(nodeId(), number, replica, micros);
        }
        known = List.copyOf(now);
      }
    }

    private List<VpnReplica> changed(List<VpnReplica> now) {
      List<VpnReplica> changed = new ArrayList<>(now);
      changed.removeIf(
          replica -> known.stream().anyMatch(before -> isOfTheSameFrame(before, replica)));
      return changed;
    }

    private static boolean isOfTheSameFrame(VpnReplica one, VpnReplica other) {
      return one.vpnId().equals(other.vpnId())
          && one.feedIncarnation() == other.feedIncarnation()
          && one.sequence() == other.sequence();
    }
  }
}
