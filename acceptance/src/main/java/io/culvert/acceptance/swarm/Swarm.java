package io.culvert.acceptance.swarm;

import io.culvert.agent.enrolment.Enroller;
import io.culvert.agent.enrolment.EnrolmentException;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.enrolment.TokenText;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/** Many agents that share a few threads. Owned by the thread that drives it. */
final class Swarm implements AutoCloseable {
  /** More at once only wait for the servers' processors. */
  private static final int ENROLMENTS_AT_ONCE = 16;

  private static final int MOST_KINDS_OF_PROBLEMS = 100;

  private final List<ScheduledExecutorService> controlThreads = new ArrayList<>();
  private final Map<String, SwarmAgent> agents = new LinkedHashMap<>();
  private final Map<String, Integer> problems = new ConcurrentHashMap<>();
  private final SwarmLog log;

  /**
   * Nobody is in it yet.
   *
   * @param threads how many control threads the agents share
   */
  Swarm(int threads, SwarmLog log) {
    this.log = log;
    for (int i = 0; i < threads; i++) {
      controlThreads.add(
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("swarm-control-" + i).factory()));
    }
  }

  /** Does what is asked. */
  SwarmReply on(SwarmRequest request) throws InterruptedException {
    return switch (request) {
      case SwarmRequest.Enrol enrol -> enrol(enrol.tokens());
      case SwarmRequest.Start start -> {
        (start.nodes().isEmpty() ? agents.values() : named(start.nodes()))
            .forEach(SwarmAgent::start);
        yield counts();
      }
      case SwarmRequest.Stop stop -> {
        named(stop.nodes()).forEach(agent -> agent.stop(stop.logOff()));
        yield counts();
      }
      case SwarmRequest.Count count -> counts();
      case SwarmRequest.Applied applied -> applied(applied);
      case SwarmRequest.Links links -> links(links.sinceMicros());
      case SwarmRequest.Views views ->
          new SwarmReply.Seen(running().stream().flatMap(agent -> agent.views().stream()).toList());
    };
  }

  private SwarmReply enrol(List<String> tokens) throws InterruptedException {
    List<Future<NodeIdentity>> identities = new ArrayList<>();
    try (ExecutorService enrolments =
        Executors.newFixedThreadPool(ENROLMENTS_AT_ONCE, Thread.ofPlatform().factory())) {
      for (String token : tokens) {
        identities.add(
            enrolments.submit(() -> Enroller.withToken(TokenText.parse(token), "swarm")));
      }
      for (Future<NodeIdentity> identity : identities) {
        add(identity.get());
      }
      return new SwarmReply.Enrolled(tokens.size());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EnrolmentException refused) {
        return new SwarmReply.Failed(String.valueOf(refused.getMessage()));
      }
      throw new IllegalStateException("an enrolment failed", e);
    }
  }

  private void add(NodeIdentity identity) {
    ScheduledExecutorService thread = controlThreads.get(agents.size() % controlThreads.size());
    agents.put(
        identity.nodeId(),
        new SwarmAgent(identity, thread, this::onProblem, log, InstantSource.system()));
  }

  private void onProblem(String message) {
    String kind = message.replaceAll("[0-9]+", "N");
    if (problems.containsKey(kind) || problems.size() < MOST_KINDS_OF_PROBLEMS) {
      problems.merge(kind, 1, Integer::sum);
    }
  }

  private List<SwarmAgent> named(Collection<String> nodes) {
    return nodes.stream()
        .map(
            node -> {
              SwarmAgent agent = agents.get(node);
              if (agent == null) {
                throw new IllegalArgumentException(node + " is not in this swarm");
              }
              return agent;
            })
        .toList();
  }

  private List<SwarmAgent> running() {
    return agents.values().stream().filter(SwarmAgent::isRunning).toList();
  }

  private SwarmReply counts() {
    List<SwarmAgent> running = running();
    List<SwarmAgent> linked = running.stream().filter(SwarmAgent::isLinked).toList();
    return new SwarmReply.Counts(
        running.size(),
        linked.size(),
        linked.stream().mapToLong(SwarmAgent::linkedMicros).max().orElse(0),
        Map.copyOf(problems));
  }

  private SwarmReply applied(SwarmRequest.Applied asked) {
    List<Double> millis = new ArrayList<>();
    int missing = 0;
    for (SwarmAgent agent : running()) {
      OptionalLong at = agent.reached(asked.vpn(), asked.revision());
      if (at.isPresent()) {
        millis.add((at.getAsLong() - asked.sinceMicros()) / 1e3);
      } else if (agent.isIn(asked.vpn())) {
        missing++;
      }
    }
    return SwarmReply.Spread.of(millis, missing);
  }

  private SwarmReply links(long sinceMicros) {
    List<Double> millis = new ArrayList<>();
    int missing = 0;
    for (SwarmAgent agent : running()) {
      if (!agent.isLinked()) {
        missing++;
      } else if (agent.lostSince(sinceMicros)) {
        millis.add((agent.linkedMicros() - sinceMicros) / 1e3);
      }
    }
    return SwarmReply.Spread.of(millis, missing);
  }

  /** Ends all agents without a word, and the threads. */
  @Override
  public void close() {
    controlThreads.forEach(ScheduledExecutorService::shutdownNow);
  }
}
