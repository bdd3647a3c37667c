package io.culvert.model.vpn;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Commands that a Vpn entity accepts, the replies it gives, and what it tells its feeds.
 *
 * <p>Every change carries the caller's request id. Repeating an accepted change, by id or by
 * meaning, gives the same reply and journals nothing; one that changed nothing is decided anew, see
 * {@link io.culvert.model.journal.RecentRequests}.
 */
public final class VpnProtocol {
  private VpnProtocol() {}

  /** Anything that may be sent to a Vpn entity. */
  public sealed interface Command extends CborSerializable {}

  /** A command that changes the VPN: answered with {@link Changed} or {@link Rejected}. */
  public sealed interface Change extends Command {
    /** Chosen by the caller, unique for each intended change. */
    String requestId();

    /** Where the answer goes. */
    ActorRef<Reply> replyTo();
  }

  /** Creates the VPN. Rejected if it exists with other settings. */
  public record CreateVpn(String requestId, VpnSettings settings, ActorRef<Reply> replyTo)
      implements Change {}

  /** Makes a node a member and gives it addresses. Repeating it keeps them. */
  public record AdmitNode(String requestId, NodeId node, Role role, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Makes many nodes members, in one write, by the rules of {@link AdmitNode} for each; in the
   * order of the list they get the next free addresses. Rejected as a whole if one of them would
   * be. Answered with {@link NodesAdmitted}.
   *
   * @param nodes at most {@value #MOST}
   */
  public record AdmitNodes(String requestId, List<Admission> nodes, ActorRef<Reply> replyTo)
      implements Change {
    /** So many node ids of 127 characters fit into a frame between servers. */
    public static final int MOST = 1_000;

    /** Copies the list. */
    public AdmitNodes {
      nodes = List.copyOf(nodes);
    }
  }

  /** A node that shall be a member, in a role. */
  public record Admission(NodeId node, Role role) {}

  /** Ends a membership. Removing a node that is no member changes nothing and succeeds. */
  public record RemoveNode(String requestId, NodeId node, ActorRef<Reply> replyTo)
      implements Change {}

  /** Makes a member a hub or a spoke. */
  public record ChangeRole(String requestId, NodeId node, Role role, ActorRef<Reply> replyTo)
      implements Change {}

  /** Allows or forbids legacy cipher suites. Not forbidden while the VPN uses one. */
  public record ChangeLegacyPermission(String requestId, boolean allowed, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Selects another ESP transform; begins a new secret epoch. A legacy one needs the VPN's
   * permission.
   */
  public record ChangeCipherSuite(
      String requestId, CipherSuite cipherSuite, ActorRef<Reply> replyTo) implements Change {}

  /** Selects another topology. */
  public record ChangeTopology(String requestId, Topology topology, ActorRef<Reply> replyTo)
      implements Change {}

  /** Begins a new secret epoch: all pairs get new keys. */
  public record RenewSecret(String requestId, ActorRef<Reply> replyTo) implements Change {}

  /** Ends the VPN and all its memberships. The name cannot be used again. */
  public record DeleteVpn(String requestId, ActorRef<Reply> replyTo) implements Change {}

  /** Asks for the current state; answered with {@link CurrentState} or {@link Rejected}. */
  public record ReadVpn(ActorRef<Reply> replyTo) implements Command {}

  /**
   * Asks what {@link AdmitNodes} would be answered now; changes nothing.
   *
   * @param nodes at most {@value AdmitNodes#MOST}
   */
  public record ReviewAdmissions(List<Admission> nodes, ActorRef<Reply> replyTo)
      implements Command {
    /** Copies the list. */
    public ReviewAdmissions {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * Subscribes a server's feed, and renews the subscription (the entity forgets its subscribers
   * when it moves). Answered with {@link FullState} if the feed's revision is not the current one,
   * otherwise with {@link UpToDate}.
   *
   * @param knownRevision the revision of the feed's replica, 0 if it has none
   */
  public record Subscribe(ActorRef<FeedMessage> feed, long knownRevision) implements Command {}

  /** Ends a subscription. */
  public record Unsubscribe(ActorRef<FeedMessage> feed) implements Command {}

  /** The Node entity has recorded a change of its memberships that this VPN told it of. */
  public record NodeWasInformed(NodeId node, long revision) implements Command {}

  /** The Node entity did not answer: the entity's note to itself, which leaves the node pending. */
  public record NodeWasNotInformed(NodeId node, long revision) implements Command {}

  /** The entity's note to itself: tell nodes that have not confirmed their change yet again. */
  public enum InformPendingNodes implements Command {
    /** The only value. */
    INSTANCE
  }

  /** An answer to a command. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Changed.class, name = "changed"),
    @JsonSubTypes.Type(value = NodesAdmitted.class, name = "nodes-admitted"),
    @JsonSubTypes.Type(value = Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = CurrentState.class, name = "current-state")
  })
  public sealed interface Reply extends CborSerializable {}

  /**
   * The change is durable.
   *
   * @param revision the revision that the change produced; for a repeated change the revision that
   *     it had produced the first time, or the current one if nothing had to change
   */
  public record Changed(long revision) implements Reply {}

  /**
   * All nodes are members, durably.
   *
   * @param revision as in {@link Changed}
   * @param admitted those that were none before; nobody, if the command is a repeated one
   */
  public record NodesAdmitted(long revision, Set<NodeId> admitted) implements Reply {
    /** Copies the set. */
    public NodesAdmitted {
      admitted = Set.copyOf(admitted);
    }
  }

  /** The command is illegal in the current state; nothing changed. */
  public record Rejected(Reason reason, String message) implements Reply {}

  /** The VPN as it is. */
  public record CurrentState(VpnState state) implements Reply {}

  /** Why a command was rejected. */
  public enum Reason {
    /** There is no such VPN. */
    NOT_FOUND,
    /** The VPN exists with other settings, or was deleted and its name is retired. */
    CONFLICT,
    /** The node is no member. */
    NOT_A_MEMBER,
    /** No free address or index is left in the pool. */
    POOL_EXHAUSTED,
    /** A value is out of its range; the message says which. */
    INVALID,
    /** The cipher suite is a legacy one, and the VPN has no permission for them. */
    LEGACY_NOT_ALLOWED
  }

  /** What a Vpn entity tells the feeds that subscribed. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = FullState.class, name = "full-state"),
    @JsonSubTypes.Type(value = UpToDate.class, name = "up-to-date"),
    @JsonSubTypes.Type(value = Revised.class, name = "revised"),
    @JsonSubTypes.Type(value = NoSuchVpn.class, name = "no-such-vpn")
  })
  public sealed interface FeedMessage extends CborSerializable {
    /** The VPN that speaks. */
    VpnId vpn();
  }

  /**
   * The whole state; replaces the feed's replica.
   *
   * @param state with the memberships of this part only
   */
  public record FullState(VpnId vpn, VpnState state, Part part) implements FeedMessage {
    /** Above what a membership takes, with two names of 63 characters in each of two node ids. */
    private static final int MEMBERSHIP_BYTES = 512;

    /** The state in as many parts as it needs. */
    public static List<FullState> of(VpnState state) {
      List<Map<NodeId, Membership>> parts =
          Part.divide(state.memberships(), membership -> MEMBERSHIP_BYTES);
      List<FullState> messages = new ArrayList<>(parts.size());
      for (Map<NodeId, Membership> memberships : parts) {
        messages.add(
            new FullState(
                state.vpn(), state.with(memberships), new Part(messages.size(), parts.size())));
      }
      return messages;
    }
  }

  /** The feed's replica is current. */
  public record UpToDate(VpnId vpn, long revision) implements FeedMessage {}

  /**
   * The events of one change, sent once to each subscribed feed. A change of very many events is
   * sent as several, of which each follows the one before it: a feed takes them like changes that
   * came one after the other.
   *
   * @param fromRevision the revision before them; a feed at another revision must subscribe anew
   * @param events in order; each but {@link VpnEvent.NodeInformed} adds one to the revision
   */
  public record Revised(VpnId vpn, long fromRevision, List<VpnEvent> events)
      implements FeedMessage {
    /** Above what an event takes, with a request id of 153 and a node id of 127 characters. */
    private static final int EVENT_BYTES = 512;

    private static final int MOST_EVENTS = Part.BYTES / EVENT_BYTES;

    /** The events of a change in as many messages as they need. */
    public static List<Revised> of(VpnId vpn, long fromRevision, List<VpnEvent> events) {
      List<Revised> messages = new ArrayList<>();
      long revision = fromRevision;
      for (int i = 0; i < events.size(); i += MOST_EVENTS) {
        List<VpnEvent> some = events.subList(i, Math.min(events.size(), i + MOST_EVENTS));
        messages.add(new Revised(vpn, revision, List.copyOf(some)));
        revision +=
            some.stream().filter(event -> !(event instanceof VpnEvent.NodeInformed)).count();
      }
      return messages;
    }
  }

  /** The VPN does not exist (yet). */
  public record NoSuchVpn(VpnId vpn) implements FeedMessage {}
}
