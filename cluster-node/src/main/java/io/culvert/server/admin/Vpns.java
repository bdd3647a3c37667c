package io.culvert.server.admin;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.model.vpn.VpnState;
import io.culvert.server.feed.AppliedRevisions;
import io.culvert.server.feed.AppliedRevisions.MemberStatus;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.function.Function;
import org.jspecify.annotations.Nullable;

/** VPNs and their members. */
final class Vpns {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
  private static final String VPNS = "/api/v1/organizations/{organization}/vpns";
  private static final String VPN = VPNS + "/{vpn}";
  private static final String MEMBER = VPN + "/members/{node}";

  private final Entities entities;
  private final AppliedRevisions applied;
  private final InstantSource clock;

  Vpns(Entities entities, AppliedRevisions applied, InstantSource clock) {
    this.entities = entities;
    this.applied = applied;
    this.clock = clock;
  }

  void register(RoutesConfig routes) {
    routes.get(VPNS, this::list);
    routes.post(VPNS, this::create);
    routes.get(VPN, this::show);
    routes.patch(VPN, this::patch);
    routes.delete(VPN, this::delete);
    routes.post(VPN + "/rekey", this::rekey);
    routes.get(VPN + "/members", this::members);
    routes.put(MEMBER, this::admit);
    routes.delete(MEMBER, this::remove);
  }

  private void list(Context context) {
    String organization = Requests.organization(context);
    context.json(
        Organizations.read(entities, organization).vpns().stream()
            .map(name -> organization + "/" + name)
            .toList());
  }

  /** The index first, then the thing (ADR 0005); both may be repeated. */
  private void create(Context context) {
    String organization = Requests.organization(context);
    Api.VpnRequest request = Requests.body(context, Api.VpnRequest.class);
    String name = Requests.validName(Requests.required(request.name(), "name"), "VPN");
    String requestId = Requests.requestId(context);
    OrganizationProtocol.VpnRegistered registered =
        register(organization, name, request, requestId);
    VpnSettings settings =
        new VpnSettings(
            Objects.requireNonNullElse(request.cipherSuite(), CipherSuite.AES_256_GCM),
            Objects.requireNonNullElse(request.topology(), Topology.FULL_MESH),
            registered.ipv4Pool(),
            registered.ipv6Pool());
    VpnId vpn = new VpnId(organization, name);
    context.status(201);
    try {
      change(context, vpn, replyTo -> new VpnProtocol.CreateVpn(requestId, settings, replyTo));
    } catch (ApiException refused) {
      if (refused.status() == 409) {
        unregisterRetired(vpn);
      }
      throw refused;
    }
  }

  /** A deleted VPN keeps its name, but has no place in the index. */
  private void unregisterRetired(VpnId vpn) {
    if (entities.vpn(vpn, VpnProtocol.ReadVpn::new) instanceof VpnProtocol.Rejected) {
      String requestId = UUID.randomUUID().toString();
      var _ =
          Accounts.changed(
              entities.organization(
                  vpn.organization(),
                  replyTo ->
                      new OrganizationProtocol.UnregisterVpn(requestId, vpn.name(), replyTo)));
    }
  }

  private OrganizationProtocol.VpnRegistered register(
      String organization, String name, Api.VpnRequest request, String requestId) {
    return switch (entities.organization(
        organization,
        replyTo ->
            new OrganizationProtocol.RegisterVpn(
                requestId, name, request.ipv4Pool(), request.ipv6Pool(), replyTo))) {
      case OrganizationProtocol.VpnRegistered registered -> registered;
      case OrganizationProtocol.Rejected rejected -> throw Accounts.refusal(rejected);
      case OrganizationProtocol.Changed other ->
          throw ApiException.conflict(
              "idempotency-key-reused", "this Idempotency-Key was used for another change");
      case OrganizationProtocol.CurrentState unexpected -> throw new IllegalStateException();
    };
  }

  private void patch(Context context) {
    VpnId vpn = Requests.vpn(context);
    Api.VpnPatch patch = Requests.body(context, Api.VpnPatch.class);
    long settings =
        Stream.of(patch.cipherSuite(), patch.topology(), patch.legacyAllowed())
            .filter(Objects::nonNull)
            .count();
    if (settings != 1) {
      throw ApiException.badRequest("send one of 'cipherSuite', 'topology' and 'legacyAllowed'");
    }
    String requestId = Requests.requestId(context);
    change(context, vpn, replyTo -> change(patch, requestId, replyTo));
    LegacyCiphers.audit(context, vpn, patch);
  }

  private static VpnProtocol.Change change(
      Api.VpnPatch patch, String requestId, ActorRef<VpnProtocol.Reply> replyTo) {
    CipherSuite cipherSuite = patch.cipherSuite();
    Topology topology = patch.topology();
    if (cipherSuite != null) {
      return new VpnProtocol.ChangeCipherSuite(requestId, cipherSuite, replyTo);
    }
    return topology != null
        ? new VpnProtocol.ChangeTopology(requestId, topology, replyTo)
        : new VpnProtocol.ChangeLegacyPermission(
            requestId, Objects.requireNonNull(patch.legacyAllowed()), replyTo);
  }

  private void rekey(Context context) {
    String requestId = Requests.requestId(context);
    change(
        context, Requests.vpn(context), replyTo -> new VpnProtocol.RenewSecret(requestId, replyTo));
  }

  private void delete(Context context) {
    VpnId vpn = Requests.vpn(context);
    String requestId = Requests.requestId(context);
    change(context, vpn, replyTo -> new VpnProtocol.DeleteVpn(requestId, replyTo));
    var _ =
        Accounts.changed(
            entities.organization(
                vpn.organization(),
                replyTo -> new OrganizationProtocol.UnregisterVpn(requestId, vpn.name(), replyTo)));
  }

  private void admit(Context context) {
    VpnId vpn = Requests.vpn(context);
    NodeId node = Requests.node(context);
    Role asked = Requests.body(context, Api.MemberRequest.class).role();
    if (entities.node(node, NodeProtocol.ReadNode::new) instanceof NodeProtocol.Rejected rejected) {
      throw ApiException.notFound(rejected.message());
    }
    String requestId = Requests.requestId(context);
    Role role = Objects.requireNonNullElse(asked, Role.SPOKE);
    boolean wait = waits(context);
    VpnProtocol.Reply reply =
        switch (entities.vpn(
            vpn, replyTo -> new VpnProtocol.AdmitNode(requestId, node, role, replyTo))) {
          case VpnProtocol.Rejected rejected
              when rejected.reason() == VpnProtocol.Reason.CONFLICT ->
              asMember(vpn, node, asked, requestId);
          case VpnProtocol.Reply other -> other;
        };
    answer(context, vpn, reply, wait);
  }

  /**
   * It is a member in another role than was tried. The VPN is not read for that: of many thousand
   * members it is larger than a message.
   */
  private VpnProtocol.Reply asMember(
      VpnId vpn, NodeId node, @Nullable Role asked, String requestId) {
    return entities.vpn(
        vpn,
        replyTo ->
            asked == null
                ? new VpnProtocol.AdmitNode(requestId, node, Role.HUB, replyTo)
                : new VpnProtocol.ChangeRole(requestId, node, asked, replyTo));
  }

  private void remove(Context context) {
    NodeId node = Requests.node(context);
    String requestId = Requests.requestId(context);
    change(
        context,
        Requests.vpn(context),
        replyTo -> new VpnProtocol.RemoveNode(requestId, node, replyTo));
  }

  private void change(
      Context context,
      VpnId vpn,
      Function<ActorRef<VpnProtocol.Reply>, VpnProtocol.Command> command) {
    boolean wait = waits(context);
    answer(context, vpn, entities.vpn(vpn, command), wait);
  }

  private void answer(Context context, VpnId vpn, VpnProtocol.Reply reply, boolean wait) {
    switch (reply) {
      case VpnProtocol.Changed changed -> {
        Instant acceptedAt = clock.instant();
        context.json(
            wait
                ? awaitApplied(vpn, changed.revision(), acceptedAt)
                : new Api.VpnChange(vpn.toString(), changed.revision(), acceptedAt, null, null));
      }
      case VpnProtocol.Rejected rejected -> throw refusal(rejected);
      case VpnProtocol.NodesAdmitted unexpected -> throw new IllegalStateException();
      case VpnProtocol.CurrentState unexpected -> throw new IllegalStateException();
    }
  }

  /** Who was no member before. */
  static Set<NodeId> admitted(VpnProtocol.Reply reply) {
    return switch (reply) {
      case VpnProtocol.NodesAdmitted admitted -> admitted.admitted();
      case VpnProtocol.Rejected rejected -> throw refusal(rejected);
      case VpnProtocol.Changed unexpected -> throw new IllegalStateException();
      case VpnProtocol.CurrentState unexpected -> throw new IllegalStateException();
    };
  }

  private static boolean waits(Context context) {
    String wait = context.queryParam("wait");
    if (wait != null && !wait.equals("applied")) {
      throw ApiException.badRequest("'wait' can only be 'applied', not '%s'".formatted(wait));
    }
    return wait != null;
  }

  /** Until every online agent has applied the revision, or the longest wait is over. */
  private Api.VpnChange awaitApplied(VpnId vpn, long revision, Instant acceptedAt) {
    Instant deadline = clock.instant().plus(LONGEST_WAIT);
    Set<NodeId> members = read(vpn).memberships().keySet();
    long pauseNanos = FIRST_PAUSE.toNanos();
    while (true) {
      // First, too: nobody has applied what was accepted this moment.
      LockSupport.parkNanos(pauseNanos);
      pauseNanos = Math.min(LONGEST_PAUSE.toNanos(), 2 * pauseNanos);
      Map<NodeId, MemberStatus> online = Entities.await(applied.of(vpn, members));
      int done = applied(online, revision);
      if (done == online.size() || clock.instant().isAfter(deadline)) {
        return new Api.VpnChange(vpn.toString(), revision, acceptedAt, online.size(), done);
      }
    }
  }

  private static int applied(Map<NodeId, MemberStatus> online, long revision) {
    return (int)
        online.values().stream().filter(status -> status.appliedRevision() >= revision).count();
  }

  private static ApiException refusal(VpnProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case NOT_FOUND, NOT_A_MEMBER -> ApiException.notFound(rejected.message());
      case INVALID -> ApiException.badRequest(rejected.message());
      case CONFLICT, POOL_EXHAUSTED, LEGACY_NOT_ALLOWED ->
          ApiException.conflict(Accounts.code(rejected.reason()), rejected.message());
    };
  }

  private VpnState read(VpnId vpn) {
    return switch (entities.vpn(vpn, VpnProtocol.ReadVpn::new)) {
      case VpnProtocol.CurrentState current -> current.state();
      case VpnProtocol.Rejected rejected -> throw refusal(rejected);
      case VpnProtocol.Changed unexpected -> throw new IllegalStateException();
      case VpnProtocol.NodesAdmitted unexpected -> throw new IllegalStateException();
    };
  }

  private void show(Context context) {
    VpnId vpn = Requests.vpn(context);
    VpnState state = read(vpn);
    Map<NodeId, MemberStatus> online =
        Entities.await(applied.of(vpn, state.memberships().keySet()));
    int members = state.memberships().size();
    int done = applied(online, state.revision());
    context.json(
        new Api.Vpn(
            vpn.toString(),
            state.settings().cipherSuite(),
            state.settings().topology(),
            state.settings().ipv4Pool(),
            state.settings().ipv6Pool(),
            state.epoch(),
            state.revision(),
            members,
            online.size(),
            done,
            "revision %d: %d of %d applied, %d offline"
                .formatted(state.revision(), done, members, members - online.size()),
            state.legacyAllowed(),
            LegacyCiphers.warning(state)));
  }

  private void members(Context context) {
    VpnId vpn = Requests.vpn(context);
    Map<NodeId, Membership> memberships = read(vpn).memberships();
    Map<NodeId, MemberStatus> online = Entities.await(applied.of(vpn, memberships.keySet()));
    List<Api.Member> members =
        memberships.values().stream()
            .sorted(Comparator.comparingInt(Membership::index))
            .map(member -> member(member, online))
            .toList();
    context.json(members);
  }

  private static Api.Member member(Membership member, Map<NodeId, MemberStatus> online) {
    MemberStatus status = online.get(member.node());
    return new Api.Member(
        member.node().toString(),
        member.index(),
        member.virtualIpv4().getHostAddress(),
        member.virtualIpv6().getHostAddress(),
        member.role(),
        status != null,
        status == null ? null : status.server(),
        status == null ? MemberStatus.UNKNOWN_REVISION : status.appliedRevision(),
        status == null ? 0 : status.pullIntervalMillis());
  }
}
