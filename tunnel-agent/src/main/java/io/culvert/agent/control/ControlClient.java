package io.culvert.agent.control;

import com.google.protobuf.ByteString;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Left;
import io.culvert.protocol.v1.LogonResult;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
  private static final Duration ENDPOINT_CHECK = Duration.ofSeconds(5);
  private static final Duration LOGOFF_PATIENCE = Duration.ofSeconds(1);
  private static final Duration BEHIND_PATIENCE = Duration.ofSeconds(30);

  private final NodeIdentity identity;
  private final DataPlane dataPlane;
  private final AgentListener listener;
  private final InstantSource clock;
  private final String agentVersion;
  private final Duration pullInterval;
  private final NodeKeyPair keyPair = NodeKeyPair.generate();
  private final SpiTags tags = new SpiTags();
  private final ControlThread control;
  private final Connector connector;
  private final Views views;

  private AgentState state = AgentState.OFFLINE;
  private Instant since;
  private String lastError = "";
  private List<VpnReplica> remembered = List.of();
  private int links;
  private @Nullable Instant pulledAt;
  private Attributes announced = Attributes.getDefaultInstance();

  /** To come back with, at any server; in memory only. */
  private ByteString ticket = ByteString.EMPTY;

  private volatile AgentStatus status;

  /**
   * For one node, on a control thread of its own.
   *
   * @param pullInterval how often it asks for changes, 1 s to 24 h; zero: they are pushed
   */
  public ControlClient(
      NodeIdentity identity,
      DataPlane dataPlane,
      AgentListener listener,
      InstantSource clock,
      String agentVersion,
      Duration pullInterval) {
    this(identity, dataPlane, listener, clock, agentVersion, pullInterval, ControlThread.own());
  }

  /**
   * For one node, whose changes are pushed.
   *
   * @param listener told of every state, on the control thread
   */
  public ControlClient(
      NodeIdentity identity,
      DataPlane dataPlane,
      AgentListener listener,
      InstantSource clock,
      String agentVersion,
      ControlThread control) {
    this(identity, dataPlane, listener, clock, agentVersion, Duration.ZERO, control);
  }

  private ControlClient(
      NodeIdentity identity,
      DataPlane dataPlane,
      AgentListener listener,
      InstantSource clock,
      String agentVersion,
      Duration pullInterval,
      ControlThread control) {
    this.pullInterval = pullInterval;
    this.control = control;
    this.identity = identity;
    this.dataPlane = dataPlane;
    this.listener = listener;
    this.agentVersion = agentVersion;
    this.clock = clock;
    this.connector = new Connector(identity, control, new LinkOwner());
    this.views = new Views(keyPair, tags, dataPlane, clock, listener::onProblem);
    this.since = clock.instant();
    this.status = picture();
  }

  /** Begins; returns at once. */
  public void start() {
    control.execute(guarded(connector::connect));
    control.repeat(ENDPOINT_CHECK, guarded(this::checkEndpoints));
  }

  /** The last published picture. Any thread. */
  public AgentStatus status() {
    return status;
  }

  /** Keeps the control thread alive: what goes wrong in one task is logged. */
  static Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.error("the control thread goes on after an error", e);
      }
    };
  }

  // ---- the link ----

  private final class LinkOwner implements Connector.Owner {
    @Override
    public void onOpened() {
      connector.send(AgentFrames.hello(agentVersion, PLATFORM));
    }

    @Override
    public void onNothingFound(String reason) {
      lastError = reason;
      enter(AgentState.OFFLINE);
      listener.onProblem(reason);
    }

    @Override
    public void onLost(String reason) {
      lastError = reason;
      enter(AgentState.OFFLINE);
      listener.onProblem("%s: %s".formatted(connector.server(), reason));
    }

    @Override
    public void onFrame(ServerFrame frame) {
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
        case TICKET -> ticket = frame.getTicket().getTicket();
        case PULLED -> onPulled();
        case FRAME_NOT_SET -> LOG.debug("a frame of a newer server");
      }
    }
  }

  private void logon() {
    announced = attributes();
    connector.send(AgentFrames.logon(identity.nodeId(), announced, ticket));
  }

  private void onLogonResult(LogonResult result) {
    if (result.hasRefused()) {
      onRefused(result.getRefused());
      return;
    }
    views.awaitNone();
    enter(AgentState.AUTHENTICATED);
    List<String> members = result.getAccepted().getVpnIdsList();
    views.keepOnly(members);
    members.forEach(tags::choose);
    announce();
    enter(AgentState.SYNCHRONIZING);
  }

  private void onRefused(Refusal refusal) {
    lastError = refusal.getMessage();
    if (refusal.getCode() == Refusal.Code.SUSPENDED && !views.isEmpty()) {
      views.keepOnly(List.of());
    }
    boolean anotherMayTakeIt =
        refusal.getCode() == Refusal.Code.BUSY || refusal.getCode() == Refusal.Code.UNAVAILABLE;
    connector.refused(Duration.ofMillis(refusal.getRetryAfterMs()), anotherMayTakeIt);
    enter(AgentState.OFFLINE);
    listener.onProblem("%s refused the logon: %s".formatted(connector.server(), lastError));
  }

  private void onSynchronized() {
    listener.onSynchronized();
    links++;
    connector.stands();
    lastError = "";
    pulledAt = null;
    enter(AgentState.LINKED);
    planPull();
  }

  // ---- pulling ----

  /** The next question comes an interval after the answer, so a slow server is not asked twice. */
  private void planPull() {
    if (!pullInterval.isZero()) {
      connector.plan(pullInterval, () -> connector.send(AgentFrames.pull()));
    }
  }

  private void onPulled() {
    pulledAt = clock.instant();
    publish();
    planPull();
  }

  private void onCue(Cue cue) {
    switch (cue.getKind()) {
      case DISPLACED -> stay(AgentState.DISPLACED, cue.getMessage());
      case REVOKED -> stay(AgentState.REVOKED, cue.getMessage());
      case DRAIN -> {
        listener.onProblem("%s: %s".formatted(connector.server(), cue.getMessage()));
        connector.plan(
            Duration.ofMillis(cue.getDelayMs()),
            () -> connector.lost("moved away, as the server asked"));
      }
      case UPGRADE -> listener.onProblem("a newer agent is available: " + cue.getMessage());
      case KIND_UNSPECIFIED, UNRECOGNIZED -> LOG.debug("a cue of a newer server");
    }
  }

  /** Another agent is this node now, or nobody may be: no tunnels, and no logon by itself. */
  private void stay(AgentState end, String message) {
    lastError = message;
    ticket = ByteString.EMPTY;
    connector.drop();
    views.keepOnly(List.of());
    enter(end);
    listener.onProblem(message);
  }

  // ---- views ----

  private void onSnapshot(Snapshot snapshot) {
    tags.choose(snapshot.getVpnId());
    announce();
    try {
      views.take(snapshot).ifPresentOrElse(this::confirm, () -> keepNewerView(snapshot));
    } catch (IllegalArgumentException e) {
      leaveForInvalidView(snapshot.getVpnId(), e);
    }
  }

  /** A server that stays behind is believed in the end: its database may be that of a backup. */
  private void keepNewerView(Snapshot older) {
    String vpnId = older.getVpnId();
    LOG.info("{}: the server is behind, at revision {}", vpnId, older.getRevision());
    connector.plan(
        BEHIND_PATIENCE,
        () -> {
          views.believe(vpnId);
          connector.send(AgentFrames.resync(vpnId));
        });
  }

  private void onUpdate(Update update) {
    String vpnId = update.getVpnId();
    try {
      switch (views.take(update)) {
        case APPLIED -> confirm(views.of(vpnId));
        case GAP -> {
          LOG.info("{}: missed an update, asking for the whole view", vpnId);
          connector.send(AgentFrames.resync(vpnId));
        }
        case AWAITING_VIEW -> LOG.debug("{}: an update before the view", vpnId);
      }
    } catch (IllegalArgumentException e) {
      leaveForInvalidView(vpnId, e);
    }
  }

  private void leaveForInvalidView(String vpnId, IllegalArgumentException cause) {
    connector.lost("sent a view of %s that is not valid: %s".formatted(vpnId, cause.getMessage()));
  }

  private void confirm(VpnReplica replica) {
    connector.send(AgentFrames.applied(replica));
    publish();
  }

  private void onLeft(Left left) {
    List<String> others = new ArrayList<>();
    views.all().forEach(replica -> others.add(replica.vpnId()));
    if (others.remove(left.getVpnId())) {
      views.keepOnly(others);
      publish();
    }
  }

  // ---- what this node says of itself ----

  private Attributes attributes() {
    return AgentFrames.describe(
        keyPair.publicKey(),
        dataPlane.udpPort(),
        tags.all(),
        dataPlane.localEndpoints(views.virtualAddresses()),
        pullInterval);
  }

  /** Tells the server what has changed of this node, if anything has. */
  private void announce() {
    Attributes now = attributes();
    if (!now.equals(announced)) {
      announced = now;
      connector.send(AgentFrames.attributes(now));
    }
  }

  private void checkEndpoints() {
    remember();
    if (state == AgentState.LINKED && dataPlane.localEndpointsChanged()) {
      announce();
    }
  }

  private void remember() {
    List<VpnReplica> now = views.all();
    if (links > 0 && !now.equals(remembered)) {
      remembered = now;
      listener.onViews(now);
    }
  }

  // ---- what people see ----

  private void enter(AgentState next) {
    if (state != next) {
      state = next;
      since = clock.instant();
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
        since,
        connector.server(),
        links,
        lastError.isEmpty() ? views.problem() : lastError,
        views.all(),
        views.applied(),
        pullInterval,
        pulledAt);
  }

  /** Logs off and ends the control thread. The tunnels stay until the data plane is closed. */
  @Override
  public void close() {
    control.end(this::logOff, LOGOFF_PATIENCE.multipliedBy(2));
  }

  /** Ends as a process that was killed does: no logoff. What it still says is not heard. */
  public void abandon() {
    control.end(connector::drop, LOGOFF_PATIENCE.multipliedBy(2));
  }

  private void logOff() {
    connector.end(AgentFrames.logoff("the agent was stopped"), LOGOFF_PATIENCE);
    remember();
  }
}
