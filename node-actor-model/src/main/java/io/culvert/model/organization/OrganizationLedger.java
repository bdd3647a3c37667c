package io.culvert.model.organization;

import io.culvert.model.addressing.Prefix;
import io.culvert.model.identity.Name;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.RecentRequests;
import io.culvert.model.organization.OrganizationProtocol.Changed;
import io.culvert.model.organization.OrganizationProtocol.CurrentState;
import io.culvert.model.organization.OrganizationProtocol.Reason;
import io.culvert.model.organization.OrganizationProtocol.Rejected;
import io.culvert.model.organization.OrganizationProtocol.Reply;
import io.culvert.model.organization.OrganizationProtocol.VpnRegistered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The journalled state of an organization. Immutable; {@link #decide} and {@link #apply} are pure.
 *
 * @param name the organization's name
 * @param displayName for people; null before it is created
 * @param vpns address pools by the VPN's name
 * @param nodes names
 * @param administrators Argon2id verifiers by user name
 * @param revision number of events
 * @param requests the last accepted changes
 */
public record OrganizationLedger(
    String name,
    @Nullable String displayName,
    SortedMap<String, Pools> vpns,
    SortedSet<String> nodes,
    SortedMap<String, String> administrators,
    long revision,
    RecentRequests requests)
    implements CborSerializable {

  /** Copies the collections. */
  public OrganizationLedger {
    vpns = Collections.unmodifiableSortedMap(new TreeMap<>(vpns));
    nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
    administrators = Collections.unmodifiableSortedMap(new TreeMap<>(administrators));
  }

  /** Before the first event. */
  public static OrganizationLedger absent(String name) {
    return new OrganizationLedger(
        name, null, new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), 0, RecentRequests.NONE);
  }

  /** Never shows a verifier. */
  @Override
  public String toString() {
    return "OrganizationLedger[name=%s, vpns=%s, nodes=%d, revision=%d]"
        .formatted(name, vpns.keySet(), nodes.size(), revision);
  }

  /** The organization as administrators see it. */
  public Reply read() {
    return displayName == null
        ? new Rejected(Reason.NOT_FOUND, "there is no organization " + name)
        : new CurrentState(
            name, displayName, new TreeSet<>(vpns.keySet()), nodes, administrators, revision);
  }

  /** What a change makes of this state at a time. */
  public Decision<OrganizationEvent, Reply> decide(
      OrganizationProtocol.Change command, Instant now) {
    OptionalLong earlier = requests.revisionOf(command.requestId());
    if (earlier.isPresent()) {
      return Decision.answer(repeated(command, earlier.getAsLong()));
    }
    if (displayName == null && !(command instanceof OrganizationProtocol.CreateOrganization)) {
      return reject(Reason.NOT_FOUND, "there is no organization " + name);
    }
    return switch (command) {
      case OrganizationProtocol.CreateOrganization c ->
          displayName == null
              ? accept(
                  new OrganizationEvent.OrganizationCreated(c.requestId(), c.displayName(), now))
              : unchanged();
      case OrganizationProtocol.RegisterVpn c -> registerVpn(c, now);
      case OrganizationProtocol.UnregisterVpn c ->
          vpns.containsKey(c.vpnName())
              ? accept(new OrganizationEvent.VpnUnregistered(c.requestId(), c.vpnName(), now))
              : unchanged();
      case OrganizationProtocol.RegisterNode c -> registerNode(c, now);
      case OrganizationProtocol.RegisterNodes c -> registerNodes(c, now);
      case OrganizationProtocol.UnregisterNode c ->
          nodes.contains(c.nodeName())
              ? accept(new OrganizationEvent.NodeUnregistered(c.requestId(), c.nodeName(), now))
              : unchanged();
      case OrganizationProtocol.SetAdministrator c ->
          c.verifier().equals(administrators.get(c.userName()))
              ? unchanged()
              : accept(
                  new OrganizationEvent.AdministratorSet(
                      c.requestId(), c.userName(), c.verifier(), now));
      case OrganizationProtocol.RemoveAdministrator c ->
          administrators.containsKey(c.userName())
              ? accept(new OrganizationEvent.AdministratorRemoved(c.requestId(), c.userName(), now))
              : unchanged();
    };
  }

  private Reply repeated(OrganizationProtocol.Change command, long earlierRevision) {
    if (command instanceof OrganizationProtocol.RegisterVpn register) {
      Pools pools = vpns.get(register.vpnName());
      if (pools != null) {
        return new VpnRegistered(register.vpnName(), pools.ipv4(), pools.ipv6());
      }
    }
    return new Changed(earlierRevision);
  }

  private Decision<OrganizationEvent, Reply> registerNode(
      OrganizationProtocol.RegisterNode command, Instant now) {
    if (!Name.isValid(command.nodeName())) {
      return reject(Reason.INVALID, "'%s' is not a name".formatted(command.nodeName()));
    }
    return nodes.contains(command.nodeName())
        ? unchanged()
        : accept(
            new OrganizationEvent.NodeRegistered(command.requestId(), command.nodeName(), now));
  }

  private Decision<OrganizationEvent, Reply> registerNodes(
      OrganizationProtocol.RegisterNodes command, Instant now) {
    List<String> names = command.nodeNames();
    if (names.size() > OrganizationProtocol.RegisterNodes.MOST) {
      return reject(
          Reason.INVALID,
          "at most %d nodes at one time".formatted(OrganizationProtocol.RegisterNodes.MOST));
    }
    SortedSet<String> added = new TreeSet<>();
    List<OrganizationEvent> events = new ArrayList<>();
    for (String name : names) {
      if (!Name.isValid(name)) {
        return reject(Reason.INVALID, "'%s' is not a name".formatted(name));
      }
      if (!nodes.contains(name) && added.add(name)) {
        events.add(new OrganizationEvent.NodeRegistered(command.requestId(), name, now));
      }
    }
    return events.isEmpty()
        ? unchanged()
        : new Decision.Accept<>(events, new Changed(revision + events.size()));
  }

  private Decision<OrganizationEvent, Reply> registerVpn(
      OrganizationProtocol.RegisterVpn command, Instant now) {
    if (!Name.isValid(command.vpnName())) {
      return reject(Reason.INVALID, "'%s' is not a name".formatted(command.vpnName()));
    }
    try {
      Pools known = vpns.get(command.vpnName());
      return known == null ? registerFirst(command, now) : registerAgain(command, known);
    } catch (IllegalArgumentException e) {
      return reject(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /** Throws {@link IllegalArgumentException} if a named pool is none. */
  private Decision<OrganizationEvent, Reply> registerFirst(
      OrganizationProtocol.RegisterVpn command, Instant now) {
    List<Prefix> taken = new ArrayList<>();
    vpns.values().forEach(pools -> Collections.addAll(taken, pools.prefixes()));
    Optional<Prefix> chosen =
        command.ipv4Pool() == null
            ? DefaultPools.ipv4(taken)
            : Optional.of(Prefix.parseIpv4Pool(command.ipv4Pool()));
    if (chosen.isEmpty()) {
      return reject(Reason.POOL_EXHAUSTED, "no default IPv4 pool is left; name one for this VPN");
    }
    Prefix ipv4 = chosen.get();
    Prefix ipv6 =
        command.ipv6Pool() == null
            ? DefaultPools.ipv6(name, command.vpnName(), taken)
            : Prefix.parseIpv6Pool(command.ipv6Pool());
    for (Prefix other : taken) {
      if (other.overlaps(ipv4) || other.overlaps(ipv6)) {
        return reject(
            Reason.POOL_CONFLICT,
            "the pool overlaps %s of another VPN of %s".formatted(other, name));
      }
    }
    return Decision.accept(
        new OrganizationEvent.VpnRegistered(
            command.requestId(), command.vpnName(), ipv4.toString(), ipv6.toString(), now),
        new VpnRegistered(command.vpnName(), ipv4.toString(), ipv6.toString()));
  }

  private Decision<OrganizationEvent, Reply> registerAgain(
      OrganizationProtocol.RegisterVpn command, Pools known) {
    boolean same =
        (command.ipv4Pool() == null
                || Prefix.parseIpv4Pool(command.ipv4Pool()).equals(Prefix.parse(known.ipv4())))
            && (command.ipv6Pool() == null
                || Prefix.parseIpv6Pool(command.ipv6Pool()).equals(Prefix.parse(known.ipv6())));
    return same
        ? Decision.answer(new VpnRegistered(command.vpnName(), known.ipv4(), known.ipv6()))
        : reject(
            Reason.POOL_CONFLICT,
            "VPN %s has the pools %s and %s already"
                .formatted(command.vpnName(), known.ipv4(), known.ipv6()));
  }

  /** The state after an event. */
  public OrganizationLedger apply(OrganizationEvent event) {
    return switch (event) {
      case OrganizationEvent.OrganizationCreated e ->
          next(e, e.displayName(), vpns, nodes, administrators);
      case OrganizationEvent.VpnRegistered e ->
          next(
              e,
              displayName,
              edited(vpns, all -> all.put(e.vpnName(), new Pools(e.ipv4Pool(), e.ipv6Pool()))),
              nodes,
              administrators);
      case OrganizationEvent.VpnUnregistered e ->
          next(e, displayName, edited(vpns, all -> all.remove(e.vpnName())), nodes, administrators);
      case OrganizationEvent.NodeRegistered e ->
          next(e, displayName, vpns, edited(nodes, all -> all.add(e.nodeName())), administrators);
      case OrganizationEvent.NodeUnregistered e ->
          next(
              e, displayName, vpns, edited(nodes, all -> all.remove(e.nodeName())), administrators);
      case OrganizationEvent.AdministratorSet e ->
          next(
              e,
              displayName,
              vpns,
              nodes,
              edited(administrators, all -> all.put(e.userName(), e.verifier())));
      case OrganizationEvent.AdministratorRemoved e ->
          next(
              e, displayName, vpns, nodes, edited(administrators, all -> all.remove(e.userName())));
    };
  }

  private OrganizationLedger next(
      OrganizationEvent event,
      @Nullable String displayName,
      SortedMap<String, Pools> vpns,
      SortedSet<String> nodes,
      SortedMap<String, String> administrators) {
    return new OrganizationLedger(
        name,
        displayName,
        vpns,
        nodes,
        administrators,
        revision + 1,
        requests.continued(event.requestId(), revision + 1));
  }

  private static <V> SortedMap<String, V> edited(
      SortedMap<String, V> map, Consumer<Map<String, V>> edit) {
    SortedMap<String, V> copy = new TreeMap<>(map);
    edit.accept(copy);
    return copy;
  }

  private static SortedSet<String> edited(SortedSet<String> set, Consumer<SortedSet<String>> edit) {
    SortedSet<String> copy = new TreeSet<>(set);
    edit.accept(copy);
    return copy;
  }

  private Decision<OrganizationEvent, Reply> accept(OrganizationEvent event) {
    return Decision.accept(event, new Changed(revision + 1));
  }

  private Decision<OrganizationEvent, Reply> unchanged() {
    return Decision.answer(new Changed(revision));
  }

  private static Decision<OrganizationEvent, Reply> reject(Reason reason, String message) {
    return Decision.answer(new Rejected(reason, message));
  }

  /** The address pools of a VPN, in CIDR notation. */
  public record Pools(String ipv4, String ipv6) {
    Prefix[] prefixes() {
      return new Prefix[] {Prefix.parse(ipv4), Prefix.parse(ipv6)};
    }
  }
}
