package io.culvert.server.admin;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeLedger;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnProtocol.Admission;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many nodes of an organization in one request: the organization and each VPN write once for all of
 * them, and each node once for itself. Thread-safe.
 *
 * <p>An import may be repeated: what is there stays as it is. So whoever has no answer, or an
 * answer that the server cannot reach its data, sends it again, and gets the tokens that still wait
 * to be used.
 */
final class NodeImports {
  /** The longest body: a thousand entries with the longest names, and room for blanks. */
  static final int MOST_BYTES = 256 * 1024;

  private static final int MOST =
      Math.min(OrganizationProtocol.RegisterNodes.MOST, VpnProtocol.AdmitNodes.MOST);

  /** Node entities that are asked at one time, by all imports of this server. */
  private static final int AT_ONCE = 64;

  private final Entities entities;
  private final EnrolmentTokens tokens;
  private final Duration tokenLifetime;
  private final InstantSource clock;
  private final Semaphore turns = new Semaphore(AT_ONCE);

  NodeImports(
      Entities entities, EnrolmentTokens tokens, Duration tokenLifetime, InstantSource clock) {
    this.entities = entities;
    this.tokens = tokens;
    this.tokenLifetime = tokenLifetime;
    this.clock = clock;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/v1/organizations/{organization}/imports", this::importNodes);
  }

  /**
   * A request that is sound.
   *
   * @param admissions in the order of the entries; no entry for a node without a VPN
   * @param expiresAt of the tokens, null if none are wanted
   */
  private record Import(
      String organization,
      String requestId,
      List<NodeId> nodes,
      Map<VpnId, List<Admission>> admissions,
      @Nullable Instant expiresAt) {}

  /** What became of a node. */
  private sealed interface Fate {
    record Present(boolean created, EnrolmentTokens.@Nullable Made token, @Nullable Instant until)
        implements Fate {}

    record Refused(String detail) implements Fate {}
  }

  /** The index first, then the nodes, then the memberships (ADR 0005); all may be repeated. */
  private void importNodes(Context context) {
    Import wanted = read(context);
    wanted.admissions().forEach(this::requireAdmissible);
    var _ =
        Accounts.changed(
            entities.organization(
                wanted.organization(),
                replyTo ->
                    new OrganizationProtocol.RegisterNodes(
                        wanted.requestId(),
                        wanted.nodes().stream().map(NodeId::name).toList(),
                        replyTo)));
    Map<NodeId, Fate> fates =
        each(wanted.nodes(), node -> importNode(node, wanted.requestId(), wanted.expiresAt()));
    List<NodeId> refused =
        wanted.nodes().stream().filter(node -> fates.get(node) instanceof Fate.Refused).toList();
    // As for a single one: a deleted node keeps its name, but has no place in the index.
    var _ = each(refused, this::unregister);
    Set<NodeId> admitted = new HashSet<>();
    wanted
        .admissions()
        .forEach(
            (vpn, members) ->
                admitted.addAll(
                    admit(
                        vpn,
                        members.stream().filter(one -> !refused.contains(one.node())).toList(),
                        wanted.requestId())));
    context.json(
        new Api.NodesImported(
            wanted.nodes().stream()
                .map(
                    node ->
                        answer(
                            node, Objects.requireNonNull(fates.get(node)), admitted.contains(node)))
                .toList()));
  }

  // ---- the request ----

  private Import read(Context context) {
    String organization = Requests.organization(context);
    Api.NodesImport request = Requests.body(context, Api.NodesImport.class, MOST_BYTES);
    List<Api.NodeEntry> entries = request.nodes();
    if (entries == null || entries.isEmpty() || entries.size() > MOST) {
      throw ApiException.badRequest(
          "'nodes' has 1 to %d entries, not %d; send more of them in several requests"
              .formatted(MOST, entries == null ? 0 : entries.size()));
    }
    List<NodeId> nodes = new ArrayList<>();
    Map<String, Integer> positions = new HashMap<>();
    Map<VpnId, List<Admission>> admissions = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Api.@Nullable NodeEntry entry = entries.get(i);
      NodeId node = node(organization, entry, i);
      Integer earlier = positions.putIfAbsent(node.name(), i);
      if (earlier != null) {
        throw bad(i, "'%s' is in nodes[%d] already".formatted(node.name(), earlier));
      }
      nodes.add(node);
      VpnId vpn = vpn(organization, Objects.requireNonNull(entry), i);
      if (vpn != null) {
        admissions
            .computeIfAbsent(vpn, key -> new ArrayList<>())
            .add(new Admission(node, Objects.requireNonNullElse(entry.role(), Role.SPOKE)));
      }
    }
    return new Import(
        organization, Requests.requestId(context), nodes, admissions, expiresAt(request));
  }

  private static NodeId node(String organization, Api.@Nullable NodeEntry entry, int position) {
    if (entry == null || entry.name() == null) {
      throw bad(position, "the field 'name' is missing");
    }
    try {
      return new NodeId(organization, entry.name());
    } catch (IllegalArgumentException e) {
      throw bad(position, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable VpnId vpn(String organization, Api.NodeEntry entry, int position) {
    String name = entry.vpn();
    if (name == null) {
      if (entry.role() != null) {
        throw bad(position, "a 'role' needs a 'vpn'");
      }
      return null;
    }
    try {
      return new VpnId(organization, name);
    } catch (IllegalArgumentException e) {
      throw bad(position, String.valueOf(e.getMessage()));
    }
  }

  private static ApiException bad(int position, String problem) {
    return ApiException.badRequest("nodes[%d]: %s".formatted(position, problem));
  }

  private @Nullable Instant expiresAt(Api.NodesImport request) {
    Duration lifetime = Nodes.tokenLifetime(request.lifetimeSeconds(), tokenLifetime);
    if (!Boolean.TRUE.equals(request.tokens())) {
      if (request.lifetimeSeconds() != null) {
        throw ApiException.badRequest("'lifetimeSeconds' needs 'tokens'");
      }
      return null;
    }
    return clock.instant().plus(lifetime);
  }

  // ---- the entities ----

  /** What a VPN would refuse is refused before anything is changed. */
  private void requireAdmissible(VpnId vpn, List<Admission> members) {
    var _ =
        Vpns.admitted(
            entities.vpn(vpn, replyTo -> new VpnProtocol.ReviewAdmissions(members, replyTo)));
  }

  private Set<NodeId> admit(VpnId vpn, List<Admission> members, String requestId) {
    return members.isEmpty()
        ? Set.of()
        : Vpns.admitted(
            entities.vpn(vpn, replyTo -> new VpnProtocol.AdmitNodes(requestId, members, replyTo)));
  }

  private Fate importNode(NodeId node, String requestId, @Nullable Instant expiresAt) {
    NodeLedger.Token offered =
        expiresAt == null
            ? null
            : new NodeLedger.Token(tokens.makeUntil(node, expiresAt).digest(), expiresAt);
    return switch (entities.node(
        node, replyTo -> new NodeProtocol.ImportNode(requestId, offered, replyTo))) {
      case NodeProtocol.NodeImported done -> {
        NodeLedger.Token waiting = offered == null ? null : done.token();
        EnrolmentTokens.Made made =
            waiting == null ? null : tokens.makeUntil(node, waiting.expiresAt());
        // A token that no import made cannot be told.
        yield waiting != null && made != null && made.digest().equals(waiting.digest())
            ? new Fate.Present(done.created(), made, waiting.expiresAt())
            : new Fate.Present(done.created(), null, null);
      }
      case NodeProtocol.Rejected rejected when rejected.reason() == NodeProtocol.Reason.INVALID ->
          new Fate.Refused(rejected.message());
      case NodeProtocol.Rejected rejected -> throw Nodes.refusal(rejected);
      case NodeProtocol.Changed unexpected -> throw new IllegalStateException();
      case NodeProtocol.CurrentState unexpected -> throw new IllegalStateException();
      case NodeProtocol.Owned unexpected -> throw new IllegalStateException();
    };
  }

  private long unregister(NodeId node) {
    String requestId = UUID.randomUUID().toString();
    return Accounts.changed(
        entities.organization(
            node.organization(),
            replyTo -> new OrganizationProtocol.UnregisterNode(requestId, node.name(), replyTo)));
  }

  /**
   * Does something for each node, some at a time; returns when nothing is done any more. After a
   * failure nothing more is begun: what cannot be reached once is not waited for a thousand times.
   *
   * @throws ApiException the first failure
   */
  private <T> Map<NodeId, T> each(List<NodeId> nodes, Function<NodeId, T> action) {
    Map<NodeId, Future<T>> started = new LinkedHashMap<>();
    AtomicReference<@Nullable ApiException> failure = new AtomicReference<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (NodeId node : nodes) {
        started.put(node, threads.submit(() -> inTurn(node, action, failure)));
      }
    }
    Map<NodeId, T> done = new HashMap<>();
    started.forEach((node, result) -> done.put(node, result(result)));
    return done;
  }

  private <T> T inTurn(
      NodeId node, Function<NodeId, T> action, AtomicReference<@Nullable ApiException> failure)
      throws InterruptedException {
    turns.acquire();
    try {
      ApiException earlier = failure.get();
      if (earlier != null) {
        throw earlier;
      }
      return action.apply(node);
    } catch (ApiException e) {
      failure.compareAndSet(null, e);
      throw e;
    } finally {
      turns.release();
    }
  }

  private static <T> T result(Future<T> done) {
    try {
      return done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Entities.stopping();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  // ---- the answer ----

  private static Api.ImportedNode answer(NodeId node, Fate fate, boolean admitted) {
    return switch (fate) {
      case Fate.Present present -> {
        EnrolmentTokens.Made token = present.token();
        yield new Api.ImportedNode(
            node.toString(),
            present.created()
                ? Api.ImportOutcome.CREATED
                : admitted ? Api.ImportOutcome.ADMITTED : Api.ImportOutcome.EXISTS,
            null,
            token == null ? null : token.text(),
            present.until());
      }
      case Fate.Refused refused ->
          new Api.ImportedNode(
              node.toString(), Api.ImportOutcome.REFUSED, refused.detail(), null, null);
    };
  }
}
