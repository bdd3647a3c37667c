package io.culvert.model.vpn;

import io.culvert.model.addressing.Places;
import io.culvert.model.addressing.Prefix;
import io.culvert.model.collection.PersistentMap;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.RecentRequests;
import io.culvert.model.vpn.VpnProtocol.Changed;
import io.culvert.model.vpn.VpnProtocol.NodesAdmitted;
import io.culvert.model.vpn.VpnProtocol.Reason;
import io.culvert.model.vpn.VpnProtocol.Rejected;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The whole journalled state of a Vpn entity: what members see, and the entity's own books, which
 * no replica needs. Immutable; {@link #decide} and {@link #apply} are pure.
 *
 * @param state what members and feeds see
 * @param places which places of the pools are taken or rest
 * @param uninformed nodes whose own entity has not confirmed its last change here, with the
 *     revision of that change
 * @param requests the last accepted changes
 */
public record VpnLedger(
    VpnState state, Places places, Map<NodeId, Long> uninformed, RecentRequests requests)
    implements CborSerializable {

  /** Keeps an immutable map. */
  public VpnLedger {
    uninformed = PersistentMap.copyOf(uninformed);
  }

  /** Before the first event. */
  public static VpnLedger absent(VpnId vpn) {
    return new VpnLedger(VpnState.absent(vpn), Places.UNTOUCHED, Map.of(), RecentRequests.NONE);
  }

  /** What a change makes of this state at a time. */
  public Decision<VpnEvent, Reply> decide(VpnProtocol.Change command, Instant now) {
    OptionalLong earlier = requests.revisionOf(command.requestId());
    if (earlier.isPresent()) {
      return Decision.answer(
          command instanceof VpnProtocol.AdmitNodes
              ? new NodesAdmitted(earlier.getAsLong(), Set.of())
              : new Changed(earlier.getAsLong()));
    }
    return change(command, now);
  }

  private Decision<VpnEvent, Reply> change(VpnProtocol.Change command, Instant now) {
    if (command instanceof VpnProtocol.CreateVpn create) {
      return create(create, now);
    }
    return switch (state.lifecycle()) {
      case ABSENT -> reject(Reason.NOT_FOUND, "there is no VPN " + state.vpn());
      case DELETED ->
          command instanceof VpnProtocol.DeleteVpn
              ? unchanged()
              : reject(Reason.NOT_FOUND, "VPN %s was deleted".formatted(state.vpn()));
      case ACTIVE -> changeActive(command, now);
    };
  }

  private Decision<VpnEvent, Reply> changeActive(VpnProtocol.Change command, Instant now) {
    return switch (command) {
      case VpnProtocol.CreateVpn create -> create(create, now);
      case VpnProtocol.AdmitNode admit -> admit(admit, now);
      case VpnProtocol.AdmitNodes admit -> admit(admit, now);
      case VpnProtocol.RemoveNode remove ->
          state.memberships().containsKey(remove.node())
              ? accept(new VpnEvent.NodeRemoved(remove.requestId(), remove.node(), now))
              : unchanged();
      case VpnProtocol.ChangeRole change -> changeRole(change, now);
      case VpnProtocol.ChangeCipherSuite change -> changeCipherSuite(change, now);
      case VpnProtocol.ChangeLegacyPermission change -> changeLegacyPermission(change, now);
      case VpnProtocol.ChangeTopology change ->
          change.topology() == state.settings().topology()
              ? unchanged()
              : accept(new VpnEvent.TopologyChanged(change.requestId(), change.topology(), now));
      case VpnProtocol.RenewSecret renew ->
          accept(new VpnEvent.SecretRenewed(renew.requestId(), state.epoch() + 1, now));
      case VpnProtocol.DeleteVpn delete -> accept(new VpnEvent.VpnDeleted(delete.requestId(), now));
    };
  }

  private Decision<VpnEvent, Reply> create(VpnProtocol.CreateVpn create, Instant now) {
    return switch (state.lifecycle()) {
      case ACTIVE ->
          state.settings().equals(create.settings())
              ? unchanged()
              : reject(
                  Reason.CONFLICT,
                  "VPN %s exists with other settings; change those with 'vpn set'"
                      .formatted(state.vpn()));
      case DELETED ->
          reject(
              Reason.CONFLICT,
              "VPN %s was deleted and its name stays retired; choose another name"
                  .formatted(state.vpn()));
      case ABSENT -> {
        if (create.settings().cipherSuite().isLegacy()) {
          yield reject(
              Reason.LEGACY_NOT_ALLOWED,
              "a new VPN has no permission for legacy ciphers; create it with another one, then"
                  + " allow them");
        }
        try {
          Prefix.parseIpv4Pool(create.settings().ipv4Pool());
          Prefix.parseIpv6Pool(create.settings().ipv6Pool());
        } catch (IllegalArgumentException e) {
          yield reject(Reason.INVALID, String.valueOf(e.getMessage()));
        }
        yield accept(new VpnEvent.VpnCreated(create.requestId(), create.settings(), now));
      }
    };
  }

  private Decision<VpnEvent, Reply> admit(VpnProtocol.AdmitNode admit, Instant now) {
    Membership present = state.memberships().get(admit.node());
    if (present != null) {
      return present.role() == admit.role()
          ? unchanged()
          : reject(
              Reason.CONFLICT,
              "%s is a member already, as %s; change its role instead"
                  .formatted(admit.node(), present.role()));
    }
    if (!admit.node().organization().equals(state.vpn().organization())) {
      return reject(
          Reason.INVALID,
          "%s belongs to another organization than %s".formatted(admit.node(), state.vpn()));
    }
    Prefix ipv4 = Prefix.parse(state.settings().ipv4Pool());
    Prefix ipv6 = Prefix.parse(state.settings().ipv6Pool());
    OptionalInt place = places.choose(Places.capacity(ipv4, ipv6), now);
    if (place.isEmpty()) {
      return reject(
          Reason.POOL_EXHAUSTED,
          "no address of %s and %s is free; those of former members rest for %d minutes"
              .formatted(ipv4, ipv6, Places.REST.toMinutes()));
    }
    long offset = Places.offset(place.getAsInt());
    return accept(
        new VpnEvent.NodeAdmitted(
            admit.requestId(),
            admit.node(),
            admit.role(),
            place.getAsInt(),
            (Inet4Address) ipv4.address(offset),
            (Inet6Address) ipv6.address(offset),
            now));
  }

  /** One after the other, each in the state that the one before it leaves. */
  private Decision<VpnEvent, Reply> admit(VpnProtocol.AdmitNodes all, Instant now) {
    if (all.nodes().size() > VpnProtocol.AdmitNodes.MOST) {
      return reject(
          Reason.INVALID, "at most %d nodes at one time".formatted(VpnProtocol.AdmitNodes.MOST));
    }
    List<VpnEvent> events = new ArrayList<>();
    Set<NodeId> admitted = new HashSet<>();
    VpnLedger ledger = this;
    for (VpnProtocol.Admission one : all.nodes()) {
      switch (ledger.admit(
          new VpnProtocol.AdmitNode(all.requestId(), one.node(), one.role(), all.replyTo()), now)) {
        case Decision.Accept<VpnEvent, Reply>(var accepted, var each) -> {
          for (VpnEvent event : accepted) {
            ledger = ledger.apply(event);
          }
          events.addAll(accepted);
          admitted.add(one.node());
        }
        case Decision.Answer<VpnEvent, Reply>(Reply reply) -> {
          if (reply instanceof Rejected) {
            return Decision.answer(reply);
          }
        }
      }
    }
    Reply reply = new NodesAdmitted(ledger.state.revision(), admitted);
    return events.isEmpty() ? Decision.answer(reply) : new Decision.Accept<>(events, reply);
  }

  /** What {@link VpnProtocol.AdmitNodes} would be answered. */
  public Reply review(VpnProtocol.ReviewAdmissions review, Instant now) {
    return switch (change(
        new VpnProtocol.AdmitNodes("review", review.nodes(), review.replyTo()), now)) {
      case Decision.Accept<VpnEvent, Reply>(var events, var reply) -> reply;
      case Decision.Answer<VpnEvent, Reply>(var reply) -> reply;
    };
  }

  private Decision<VpnEvent, Reply> changeCipherSuite(
      VpnProtocol.ChangeCipherSuite change, Instant now) {
    if (change.cipherSuite() == state.settings().cipherSuite()) {
      return unchanged();
    }
    return change.cipherSuite().isLegacy() && !state.legacyAllowed()
        ? reject(
            Reason.LEGACY_NOT_ALLOWED,
            "%s does not allow legacy ciphers; if old devices leave no choice, allow them first with"
                    .formatted(state.vpn())
                + " 'vpn set --allow-legacy'")
        : accept(
            new VpnEvent.CipherSuiteChanged(
                change.requestId(), change.cipherSuite(), state.epoch() + 1, now));
  }

  private Decision<VpnEvent, Reply> changeLegacyPermission(
      VpnProtocol.ChangeLegacyPermission change, Instant now) {
    if (change.allowed() == state.legacyAllowed()) {
      return unchanged();
    }
    return !change.allowed() && state.settings().cipherSuite().isLegacy()
        ? reject(
            Reason.CONFLICT,
            "%s uses a legacy cipher; choose another one first".formatted(state.vpn()))
        : accept(new VpnEvent.LegacyPermissionChanged(change.requestId(), change.allowed(), now));
  }

  private Decision<VpnEvent, Reply> changeRole(VpnProtocol.ChangeRole change, Instant now) {
    Membership member = state.memberships().get(change.node());
    if (member == null) {
      return reject(
          Reason.NOT_A_MEMBER, "%s is no member of %s".formatted(change.node(), state.vpn()));
    }
    return member.role() == change.role()
        ? unchanged()
        : accept(new VpnEvent.RoleChanged(change.requestId(), change.node(), change.role(), now));
  }

  /** The state after an event. */
  public VpnLedger apply(VpnEvent event) {
    VpnState after = state.apply(event);
    return switch (event) {
      case VpnEvent.VpnCreated e -> after(after, e.requestId());
      case VpnEvent.NodeAdmitted e ->
          new VpnLedger(
              after,
              places.taken(e.index()),
              withUninformed(e.node(), after.revision()),
              requests.continued(e.requestId(), after.revision()));
      case VpnEvent.NodeRemoved e ->
          new VpnLedger(
              after,
              released(e.node(), e.at()),
              withUninformed(e.node(), after.revision()),
              requests.with(e.requestId(), after.revision()));
      case VpnEvent.RoleChanged e -> after(after, e.requestId());
      case VpnEvent.CipherSuiteChanged e -> after(after, e.requestId());
      case VpnEvent.LegacyPermissionChanged e -> after(after, e.requestId());
      case VpnEvent.TopologyChanged e -> after(after, e.requestId());
      case VpnEvent.SecretRenewed e -> after(after, e.requestId());
      case VpnEvent.VpnDeleted e -> {
        Map<NodeId, Long> all = new HashMap<>(uninformed);
        state.memberships().keySet().forEach(node -> all.put(node, after.revision()));
        yield new VpnLedger(after, places, all, requests.with(e.requestId(), after.revision()));
      }
      case VpnEvent.NodeInformed e -> {
        boolean latest = Objects.equals(uninformed.get(e.node()), e.revision());
        yield latest
            ? new VpnLedger(
                after, places, PersistentMap.copyOf(uninformed).without(e.node()), requests)
            : this;
      }
    };
  }

  private VpnLedger after(VpnState after, String requestId) {
    return new VpnLedger(after, places, uninformed, requests.with(requestId, after.revision()));
  }

  private Places released(NodeId node, Instant at) {
    Membership member = state.memberships().get(node);
    return member == null ? places : places.released(member.index(), at);
  }

  private Map<NodeId, Long> withUninformed(NodeId node, long revision) {
    return PersistentMap.copyOf(uninformed).with(node, revision);
  }

  private Decision<VpnEvent, Reply> accept(VpnEvent event) {
    return Decision.accept(event, new Changed(state.revision() + 1));
  }

  private Decision<VpnEvent, Reply> unchanged() {
    return Decision.answer(new Changed(state.revision()));
  }

  private static Decision<VpnEvent, Reply> reject(Reason reason, String message) {
    return Decision.answer(new Rejected(reason, message));
  }
}
