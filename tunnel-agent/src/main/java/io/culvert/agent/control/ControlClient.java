package io.culvert.agent.control;

import io.culvert.agent.discovery.ServerAddresses;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.view.PoolConflicts;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Left;
import io.culvert.protocol.v1.LogonResult;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's life with the servers: finds one, logs on, keeps the views, makes the tunnels follow,
 * and comes back when the link breaks. While no server answers, views, keys and tunnels stay.
 *
 * <p>Everything here belongs to the one control thread, but {@link #status()}, which any thread may
 * ask for the last published picture.
 */
public final class ControlClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);
  private static final String PLATFORM =
      "%s/%s".formatted(System.getProperty("os.name"), System.getProperty("os.arch"));
  private static final Duration LINK_DEADLINE = Duration.ofSeconds(8);
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(4);

  /** A dead address costs no more than this while other addresses wait. */
  private static final Duration CONNECT_PATIENCE_WITH_OTHERS = Duration.ofSeconds(1);

  private static final Duration ENDPOINT_CHECK = Duration.ofSeconds(5);
  private static final Duration LOGOFF_PATIENCE = Duration.ofSeconds(1);

  private final NodeIdentity identity;
  private final DataPlane dataPlane;
  private final AgentListener listener;
  private final InstantSource clock;
  private final String agentVersion;
  private final NodeKeyPair keyPair = NodeKeyPair.generate();
  private final SpiTags tags = new SpiTags();
  private final TunnelPlanner planner = new TunnelPlanner(keyPair, tags::of);
  private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
  private final ScheduledExecutorService control =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("culvert-control").factory());

  private final SortedMap<String, VpnReplica> replicas = new TreeMap<>();
  private final SortedMap<String, AgentStatus.AppliedRevision> applied = new TreeMap<>();
  private final Set<String> resyncing = new HashSet<>();
  private final Deque<ServerAddresses.Target> untried = new ArrayDeque<>();
  private @Nullable Link link;
  private long generation;
  private AgentState state = AgentState.OFFLINE;
  private String server = "";
  private String lastError = "";
  private String networkError = "";
  private List<VpnReplica> remembered = List.of();
  private int links;
  private Attributes announced = Attributes.getDefaultInstance();
  private volatile AgentStatus status;

  /**
   * For one node.
   *
   * @param listener told of every state, on the control thread
   */
  public ControlClient(
      NodeIdentity identity,
      DataPlane dataPlane,
      AgentListener listener,
      InstantSource clock,
      String agentVersion) {
    this.identity = identity;
    this.dataPlane = dataPlane;
    this.listener = listener;
    this.clock = clock;
    this.agentVersion = agentVersion;
    this.status = picture();
  }

  /** Begins; returns at once. */
  public void start() {
    control.execute(guarded(this::connect));
    var _ =
        control.scheduleWithFixedDelay(
            guarded(this::checkEndpoints),
            ENDPOINT_CHECK.toMillis(),
            ENDPOINT_CHECK.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** The last published picture. Any thread. */
  public AgentStatus status() {
    return status;
  }

  // ---- the link ----

  private void connect() {
    if (untried.isEmpty()) {
      untried.addAll(ServerAddresses.resolveAll(identity.servers()));
    }
    ServerAddresses.Target target = untried.poll();
    if (target == null) {
      lost("no server's name can be resolved: " + identity.servers());
      return;
    }
    long current = ++generation;
    server = target.toString();
    Link opened =
        Link.open(
            target,
            identity,
            untried.isEmpty() ? CONNECT_PATIENCE : CONNECT_PATIENCE_WITH_OTHERS,
            frame -> submit(current, () -> onFrame(frame)),
            reason -> submit(current, () -> lost(reason)));
    link = opened;
    opened.send(AgentFrames.hello(agentVersion, PLATFORM));
    after(
        LINK_DEADLINE,
        () -> {
          if (generation == current && state != AgentState.LINKED && link != null) {
            lost(
                "the server did not complete the logon within %d s"
                    .formatted(LINK_DEADLINE.toSeconds()));
          }
        });
  }

  private void after(Duration wait, Runnable work) {
    var _ = control.schedule(guarded(work), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void submit(long ofGeneration, Runnable work) {
    try {
      control.execute(
          guarded(
              () -> {
                if (generation == ofGeneration) {
                  work.run();
                }
              }));
    } catch (RejectedExecutionException closed) {
      LOG.debug("a frame after the end");
    }
  }

  private static Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.error("the control thread goes on after an error", e);
      }
    };
  }

  private void lost(String reason) {
    drop();
    if (state == AgentState.DISPLACED || state == AgentState.REVOKED) {
      return;
    }
    boolean wasLinked = state == AgentState.LINKED;
    lastError = reason;
    enter(AgentState.OFFLINE);
    listener.onProblem("%s: %s".formatted(server, reason));
    Duration wait = wasLinked || untried.isEmpty() ? backoff.next() : Duration.ZERO;
    reconnectAfter(wait);
  }

  private void reconnectAfter(Duration wait) {
    long current = generation;
    after(
        wait,
        () -> {
          if (generation == current && link == null) {
            connect();
          }
        });
  }

  private void drop() {
    generation++;
    if (link != null) {
      link.close();
      link = null;
    }
  }

  private void send(AgentFrame frame) {
    if (link != null) {
      link.send(frame);
    }
  }

  // ---- frames ----

  private void onFrame(ServerFrame frame) {
    switch (frame.getFrameCase()) {
      case WELCOME -> {
        enter(AgentState.CONNECTED);
        logon();
      }
      case LOGON_RESULT -> onLogonResult(frame.getLogonResult());
      case SNAPSHOT -> onSnapshot(frame.getSnapshot());
      case UPDATE -> onUpdate(frame.getUpdate());
      case SYNCHRONIZED -> onSynchronized();
      case LEFT -> onLeft(frame.getLeft());
      case CUE -> onCue(frame.getCue());
      case FRAME_NOT_SET -> LOG.debug("a frame of a newer server");
    }
  }

  private void logon() {
    announced = attributes();
    send(AgentFrames.logon(identity.nodeId(), announced));
  }

  private Attributes attributes() {
    Set<InetAddress> virtual = new HashSet<>();
    replicas.values().forEach(replica -> virtual.addAll(TunnelPlanner.addresses(replica.self())));
    return AgentFrames.describe(
        keyPair.publicKey(), dataPlane.udpPort(), tags.all(), dataPlane.localEndpoints(virtual));
  }

  /** Tells the server what has changed of this node, if anything has. */
  private void announce() {
    Attributes now = attributes();
    if (!now.equals(announced)) {
      announced = now;
      send(AgentFrames.attributes(now));
    }
  }

  private void checkEndpoints() {
    remember();
    if (state == AgentState.LINKED && dataPlane.localEndpointsChanged()) {
      announce();
    }
  }

  private void remember() {
    List<VpnReplica> now = List.copyOf(replicas.values());
    if (links > 0 && !now.equals(remembered)) {
      remembered = now;
      listener.onViews(now);
    }
  }

  private void onLogonResult(LogonResult result) {
    if (result.hasRefused()) {
      onRefused(result.getRefused());
      return;
    }
    resyncing.clear();
    enter(AgentState.AUTHENTICATED);
    Set<String> members = new HashSet<>(result.getAccepted().getVpnIdsList());
    if (replicas.keySet().retainAll(members)) {
      applied.keySet().retainAll(members);
      follow();
    }
    members.forEach(tags::choose);
    announce();
    enter(AgentState.SYNCHRONIZING);
  }

  private void onRefused(Refusal refusal) {
    drop();
    lastError = refusal.getMessage();
    if (refusal.getCode() == Refusal.Code.SUSPENDED && !replicas.isEmpty()) {
      forget();
    }
    enter(AgentState.OFFLINE);
    listener.onProblem("%s refused the logon: %s".formatted(server, lastError));
    boolean anotherMayTakeIt =
        refusal.getCode() == Refusal.Code.BUSY || refusal.getCode() == Refusal.Code.UNAVAILABLE;
    reconnectAfter(
        anotherMayTakeIt && !untried.isEmpty()
            ? Duration.ZERO
            : Duration.ofMillis(Math.max(refusal.getRetryAfterMs(), backoff.next().toMillis())));
  }

  private void onSnapshot(Snapshot snapshot) {
    String vpnId = snapshot.getVpnId();
    resyncing.remove(vpnId);
    tags.choose(vpnId);
    announce();
    take(VpnReplica.of(snapshot, replicas.get(vpnId)));
  }

  private void onUpdate(Update update) {
    VpnReplica known = replicas.get(update.getVpnId());
    Optional<VpnReplica> next = known == null ? Optional.empty() : known.apply(update);
    if (next.isPresent()) {
      take(next.get());
    } else if (resyncing.add(update.getVpnId())) {
      LOG.info("{}: missed an update, asking for the whole view", update.getVpnId());
      send(AgentFrames.resync(update.getVpnId()));
    }
  }

  private void take(VpnReplica replica) {
    try {
      TunnelPlanner.requireValid(replica);
    } catch (IllegalArgumentException e) {
      lost("sent a view of %s that is not valid: %s".formatted(replica.vpnId(), e.getMessage()));
      return;
    }
    replicas.put(replica.vpnId(), replica);
    follow();
    applied.put(
        replica.vpnId(), new AgentStatus.AppliedRevision(replica.revision(), clock.instant()));
    send(AgentFrames.applied(replica));
    publish();
  }

  private void onLeft(Left left) {
    if (replicas.remove(left.getVpnId()) != null) {
      applied.remove(left.getVpnId());
      follow();
      publish();
    }
  }

  private void onSynchronized() {
    listener.onSynchronized();
    links++;
    backoff.reset();
    untried.clear();
    lastError = "";
    enter(AgentState.LINKED);
  }

  private void onCue(Cue cue) {
    switch (cue.getKind()) {
      case DISPLACED -> stay(AgentState.DISPLACED, cue.getMessage());
      case REVOKED -> stay(AgentState.REVOKED, cue.getMessage());
      case DRAIN -> {
        listener.onProblem("%s: %s".formatted(server, cue.getMessage()));
        long current = generation;
        after(
            Duration.ofMillis(cue.getDelayMs()),
            () -> {
              if (generation == current) {
                lost("moved away, as the server asked");
              }
            });
      }
      case UPGRADE -> listener.onProblem("a newer agent is available: " + cue.getMessage());
      case KIND_UNSPECIFIED, UNRECOGNIZED -> LOG.debug("a cue of a newer server");
    }
  }

  /** Another agent is this node now, or nobody may be: no tunnels, and no logon by itself. */
  private void stay(AgentState end, String message) {
    lastError = message;
    drop();
    forget();
    enter(end);
    listener.onProblem(message);
  }

  // ---- what follows ----

  private void forget() {
    replicas.clear();
    applied.clear();
    follow();
  }

  private void follow() {
    PoolConflicts pools = PoolConflicts.among(replicas.values());
    List<VpnReplica> usable = pools.usable();
    String problem = String.join("; ", pools.problems());
    try {
      dataPlane.apply(
          planner.tunnels(usable),
          TunnelPlanner.interfaceAddresses(usable),
          TunnelPlanner.routes(usable));
    } catch (UncheckedIOException e) {
      problem = String.valueOf(e.getMessage());
    }
    if (!problem.isEmpty() && !problem.equals(networkError)) {
      listener.onProblem(problem);
    }
    networkError = problem;
  }

  private void enter(AgentState next) {
    if (state != next) {
      state = next;
      listener.onState(next);
    }
    publish();
  }

  private void publish() {
    status = picture();
  }

  private AgentStatus picture() {
    return new AgentStatus(
        identity.nodeId(),
        state,
        server,
        links,
        lastError.isEmpty() ? networkError : lastError,
        List.copyOf(replicas.values()),
        new TreeMap<>(applied));
  }

  /** Logs off and ends the control thread. The tunnels stay until the data plane is closed. */
  @Override
  public void close() {
    if (control.isShutdown()) {
      return;
    }
    try {
      control.submit(this::logOff).get(LOGOFF_PATIENCE.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the agent ends without a logoff", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      control.shutdownNow();
    }
  }

  private void logOff() {
    generation++;
    if (link != null) {
      send(AgentFrames.logoff("the agent was stopped"));
      link.complete(LOGOFF_PATIENCE);
      link = null;
    }
    remember();
  }
}
