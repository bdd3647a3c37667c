package io.culvert.server.admin;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.vpn.VpnProtocol;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.function.Function;
import org.jspecify.annotations.Nullable;

/** Nodes, their credentials and their enrolment tokens. */
final class Nodes {
  private static final String NODES = "/api/v1/organizations/{organization}/nodes";
  private static final String NODE = NODES + "/{node}";
  private static final int LONGEST_USER_NAME = 128;
  private static final Duration LONGEST_TOKEN = Duration.ofDays(30);

  private final Entities entities;
  private final Accounts accounts;
  private final EnrolmentTokens tokens;
  private final Duration tokenLifetime;
  private final InstantSource clock;

  Nodes(
      Entities entities,
      Accounts accounts,
      EnrolmentTokens tokens,
      Duration tokenLifetime,
      InstantSource clock) {
    this.entities = entities;
    this.accounts = accounts;
    this.tokens = tokens;
    this.tokenLifetime = tokenLifetime;
    this.clock = clock;
  }

  void register(RoutesConfig routes) {
    routes.get(NODES, this::list);
    routes.post(NODES, this::create);
    routes.get(NODE, this::show);
    routes.delete(NODE, this::delete);
    routes.put(NODE + "/password", this::setPassword);
    routes.post(NODE + "/suspend", context -> change(context, NodeProtocol.SuspendNode::new));
    routes.post(NODE + "/resume", context -> change(context, NodeProtocol.ResumeNode::new));
    routes.post(NODE + "/tokens", this::issueToken);
  }

  private void list(Context context) {
    String organization = Requests.organization(context);
    context.json(
        Organizations.read(entities, organization).nodes().stream()
            .map(name -> organization + "/" + name)
            .toList());
  }

  /** The index first, then the thing (ADR 0005); both may be repeated. */
  private void create(Context context) {
    String organization = Requests.organization(context);
    Api.NodeRequest request = Requests.body(context, Api.NodeRequest.class);
    String name = Requests.validName(Requests.required(request.name(), "name"), "node");
    String requestId = Requests.requestId(context);
    var _ =
        Accounts.changed(
            entities.organization(
                organization,
                replyTo -> new OrganizationProtocol.RegisterNode(requestId, name, replyTo)));
    NodeId node = new NodeId(organization, name);
    context.status(201);
    try {
      perform(context, node, replyTo -> new NodeProtocol.CreateNode(requestId, replyTo));
    } catch (ApiException refused) {
      // A deleted node keeps its name, but has no place in the index.
      if (refused.status() < 500) {
        unregister(node, UUID.randomUUID().toString());
      }
      throw refused;
    }
  }

  private void unregister(NodeId node, String requestId) {
    var _ =
        Accounts.changed(
            entities.organization(
                node.organization(),
                replyTo ->
                    new OrganizationProtocol.UnregisterNode(requestId, node.name(), replyTo)));
  }

  private void show(Context context) {
    NodeProtocol.CurrentState state = read(Requests.node(context));
    context.json(
        new Api.Node(
            state.node().node().toString(),
            Accounts.code(state.node().status()),
            state.node().memberships().keySet().stream().map(VpnId::toString).sorted().toList(),
            state.credentials().userName(),
            state.credentials().certificateFingerprint(),
            state.credentials().tokenExpiresAt(),
            state.owner() != null,
            state.node().revision()));
  }

  /** Out of its VPNs first, then ended, then out of the index. */
  private void delete(Context context) {
    NodeId node = Requests.node(context);
    String requestId = Requests.requestId(context);
    for (VpnId vpn : read(node).node().memberships().keySet()) {
      if (entities.vpn(vpn, replyTo -> new VpnProtocol.RemoveNode(requestId, node, replyTo))
          instanceof VpnProtocol.Rejected rejected) {
        throw ApiException.conflict("member", rejected.message());
      }
    }
    perform(context, node, replyTo -> new NodeProtocol.DeleteNode(requestId, replyTo));
    unregister(node, requestId);
  }

  private void setPassword(Context context) {
    NodeId node = Requests.node(context);
    Api.PasswordRequest request = Requests.body(context, Api.PasswordRequest.class);
    String userName = Requests.required(request.userName(), "userName", LONGEST_USER_NAME);
    String verifier = accounts.hash(Requests.required(request.password(), "password"));
    String requestId = Requests.requestId(context);
    perform(
        context,
        node,
        replyTo -> new NodeProtocol.SetPassword(requestId, userName, verifier, replyTo));
  }

  private void issueToken(Context context) {
    NodeId node = Requests.node(context);
    Duration lifetime =
        tokenLifetime(
            Requests.body(context, Api.TokenRequest.class).lifetimeSeconds(), tokenLifetime);
    String requestId = Requests.requestId(context);
    EnrolmentTokens.Made made = tokens.make(node, requestId);
    Instant expiresAt = clock.instant().plus(lifetime);
    var _ =
        require(
            entities.node(
                node,
                replyTo ->
                    new NodeProtocol.IssueToken(requestId, made.digest(), expiresAt, replyTo)));
    // A repeated request changed nothing: the first one's token may have been used since.
    Instant validUntil = read(node).credentials().tokenExpiresAt();
    if (validUntil == null) {
      throw ApiException.conflict(
          "token-used", "the token of this request was used already; ask for another one");
    }
    context.status(201).json(new Api.Token(node.toString(), made.text(), validUntil));
  }

  /** How long a token is valid. */
  static Duration tokenLifetime(@Nullable Long seconds, Duration otherwise) {
    if (seconds != null && (seconds < 1 || seconds > LONGEST_TOKEN.toSeconds())) {
      throw ApiException.badRequest(
          "'lifetimeSeconds' is 1 to %d".formatted(LONGEST_TOKEN.toSeconds()));
    }
    return seconds == null ? otherwise : Duration.ofSeconds(seconds);
  }

  private interface SimpleChange {
    NodeProtocol.Change of(String requestId, ActorRef<NodeProtocol.Reply> replyTo);
  }

  private void change(Context context, SimpleChange change) {
    String requestId = Requests.requestId(context);
    perform(context, Requests.node(context), replyTo -> change.of(requestId, replyTo));
  }

  private void perform(
      Context context,
      NodeId node,
      Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> command) {
    context.json(new Api.Change(node.toString(), require(entities.node(node, command))));
  }

  private NodeProtocol.CurrentState read(NodeId node) {
    return switch (entities.node(node, NodeProtocol.ReadNode::new)) {
      case NodeProtocol.CurrentState state -> state;
      case NodeProtocol.Rejected rejected -> throw refusal(rejected);
      case NodeProtocol.Changed unexpected -> throw new IllegalStateException();
      case NodeProtocol.NodeImported unexpected -> throw new IllegalStateException();
      case NodeProtocol.Owned unexpected -> throw new IllegalStateException();
    };
  }

  private static long require(NodeProtocol.Reply reply) {
    return switch (reply) {
      case NodeProtocol.Changed changed -> changed.revision();
      case NodeProtocol.Rejected rejected -> throw refusal(rejected);
      case NodeProtocol.NodeImported unexpected -> throw new IllegalStateException();
      case NodeProtocol.CurrentState unexpected -> throw new IllegalStateException();
      case NodeProtocol.Owned unexpected -> throw new IllegalStateException();
    };
  }

  static ApiException refusal(NodeProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case NOT_FOUND -> ApiException.notFound(rejected.message());
      case INVALID, BAD_TOKEN -> ApiException.badRequest(rejected.message());
      case SUSPENDED, DISPLACED ->
          ApiException.conflict(Accounts.code(rejected.reason()), rejected.message());
    };
  }
}
