package io.culvert.model.organization;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.journal.CborSerializable;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Commands that an Organization entity accepts and the replies it gives. */
public final class OrganizationProtocol {
  private OrganizationProtocol() {}

  /** Anything that may be sent to an Organization entity. */
  public sealed interface Command extends CborSerializable {}

  /** A journalled change: answered with {@link Changed} or {@link Rejected}. */
  public sealed interface Change extends Command {
    /** Chosen by the caller, unique for each intended change. */
    String requestId();

    /** Where the answer goes. */
    ActorRef<Reply> replyTo();
  }

  /** Creates the organization; again: no change. */
  public record CreateOrganization(String requestId, String displayName, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Reserves a VPN's name, and address pools that no other VPN of the organization has. Answered
   * with {@link VpnRegistered}, repeated or not.
   *
   * @param ipv4Pool CIDR; null: the next free 100.64.0.0/10 sub-prefix of length 16
   * @param ipv6Pool CIDR; null: a unique local /64 derived from the name (RFC 4193)
   */
  public record RegisterVpn(
      String requestId,
      String vpnName,
      @Nullable String ipv4Pool,
      @Nullable String ipv6Pool,
      ActorRef<Reply> replyTo)
      implements Change {}

  /** Takes a VPN out of the index. */
  public record UnregisterVpn(String requestId, String vpnName, ActorRef<Reply> replyTo)
      implements Change {}

  /** Enters a node into the index. */
  public record RegisterNode(String requestId, String nodeName, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Enters many nodes into the index, in one write. Those that are in it already change nothing.
   * Rejected as a whole if one name is none.
   *
   * @param nodeNames at most {@value #MOST}
   */
  public record RegisterNodes(String requestId, List<String> nodeNames, ActorRef<Reply> replyTo)
      implements Change {
    /** So many names of 63 characters fit into a frame between servers. */
    public static final int MOST = 1_000;

    /** Copies the list. */
    public RegisterNodes {
      nodeNames = List.copyOf(nodeNames);
    }
  }

  /** Takes a node out of the index. */
  public record UnregisterNode(String requestId, String nodeName, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Sets or replaces an administrator of this organization only.
   *
   * @param verifier Argon2id in PHC string format
   */
  public record SetAdministrator(
      String requestId, String userName, String verifier, ActorRef<Reply> replyTo)
      implements Change {}

  /** Removes an administrator. */
  public record RemoveAdministrator(String requestId, String userName, ActorRef<Reply> replyTo)
      implements Change {}

  /** Asks for the current state; answered with {@link CurrentState} or {@link Rejected}. */
  public record ReadOrganization(ActorRef<Reply> replyTo) implements Command {}

  /** An answer to a command. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Changed.class, name = "changed"),
    @JsonSubTypes.Type(value = VpnRegistered.class, name = "vpn-registered"),
    @JsonSubTypes.Type(value = Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = CurrentState.class, name = "current-state")
  })
  public sealed interface Reply extends CborSerializable {}

  /** The change is durable. */
  public record Changed(long revision) implements Reply {}

  /** The VPN's name and pools are reserved. */
  public record VpnRegistered(String vpnName, String ipv4Pool, String ipv6Pool) implements Reply {}

  /** The command is illegal in the current state; nothing changed. */
  public record Rejected(Reason reason, String message) implements Reply {}

  /**
   * The organization as it is.
   *
   * @param administrators Argon2id verifiers by user name
   */
  public record CurrentState(
      String name,
      String displayName,
      SortedSet<String> vpns,
      SortedSet<String> nodes,
      Map<String, String> administrators,
      long revision)
      implements Reply {
    /** Never shows a verifier. */
    @Override
    public String toString() {
      return "CurrentState[name=%s, vpns=%s, nodes=%d, revision=%d]"
          .formatted(name, vpns, nodes.size(), revision);
    }
  }

  /** Why a command was rejected. */
  public enum Reason {
    /** There is no such organization. */
    NOT_FOUND,
    /** The address pool overlaps that of another VPN of the organization. */
    POOL_CONFLICT,
    /** No free default pool is left. */
    POOL_EXHAUSTED,
    /** A value is out of its range. */
    INVALID
  }
}
