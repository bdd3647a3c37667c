package io.culvert.server.admin;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.protocol.v1.EnrolmentToken;
import io.culvert.server.pki.CertificateAuthority;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.function.Function;

/** Nodes, their credentials and their enrolment tokens. */
final class Nodes {
  private static final String NODES = "/api/v1/organizations/{organization}/nodes";
  private static final String NODE = NODES + "/{node}";
  private static final String TOKEN_PREFIX = "culvert1.";
  private static final int SECRET_BYTES = 32;
  private static final Duration LONGEST_TOKEN = Duration.ofDays(30);

  private final Entities entities;
  private final Accounts accounts;
  private final AdminSettings settings;
  private final X509Certificate authority;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  Nodes(
      Entities entities,
      Accounts accounts,
      AdminSettings settings,
      X509Certificate authority,
      InstantSource clock) {
    this.entities = entities;
    this.accounts = accounts;
    this.settings = settings;
    this.authority = authority;
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
    perform(context, node, replyTo -> new NodeProtocol.CreateNode(requestId, replyTo));
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
    var _ =
        Accounts.changed(
            entities.organization(
                node.organization(),
                replyTo ->
                    new OrganizationProtocol.UnregisterNode(requestId, node.name(), replyTo)));
  }

  private void setPassword(Context context) {
    NodeId node = Requests.node(context);
    Api.PasswordRequest request = Requests.body(context, Api.PasswordRequest.class);
    String userName = Requests.required(request.userName(), "userName");
    String verifier = accounts.hash(Requests.required(request.password(), "password"));
    String requestId = Requests.requestId(context);
    perform(
        context,
        node,
        replyTo -> new NodeProtocol.SetPassword(requestId, userName, verifier, replyTo));
  }

  private void issueToken(Context context) {
    NodeId node = Requests.node(context);
    Long seconds = Requests.body(context, Api.TokenRequest.class).lifetimeSeconds();
    Duration lifetime = seconds == null ? settings.tokenLifetime() : Duration.ofSeconds(seconds);
    if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(LONGEST_TOKEN) > 0) {
      throw ApiException.badRequest(
          "a token lives 1 second to %d days".formatted(LONGEST_TOKEN.toDays()));
    }
    Instant expiresAt = clock.instant().plus(lifetime);
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    String digest = sha256(secret);
    String requestId = Requests.requestId(context);
    require(
        entities.node(
            node, replyTo -> new NodeProtocol.IssueToken(requestId, digest, expiresAt, replyTo)));
    EnrolmentToken token =
        EnrolmentToken.newBuilder()
            .addAllServers(settings.advertisedGateways())
            .setNodeId(node.toString())
            .setSecret(ByteString.copyFrom(secret))
            .setCaFingerprint(ByteString.copyFrom(CertificateAuthority.fingerprint(authority)))
            .build();
    Arrays.fill(secret, (byte) 0);
    context
        .status(201)
        .json(
            new Api.Token(
                node.toString(),
                TOKEN_PREFIX
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray()),
                expiresAt));
  }

  private static String sha256(byte[] secret) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
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
      case NodeProtocol.Owned unexpected -> throw new IllegalStateException();
    };
  }

  private static long require(NodeProtocol.Reply reply) {
    return switch (reply) {
      case NodeProtocol.Changed changed -> changed.revision();
      case NodeProtocol.Rejected rejected -> throw refusal(rejected);
      case NodeProtocol.CurrentState unexpected -> throw new IllegalStateException();
      case NodeProtocol.Owned unexpected -> throw new IllegalStateException();
    };
  }

  private static ApiException refusal(NodeProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case NOT_FOUND -> ApiException.notFound(rejected.message());
      case INVALID, BAD_TOKEN -> ApiException.badRequest(rejected.message());
      case SUSPENDED, DISPLACED ->
          ApiException.conflict(Accounts.code(rejected.reason()), rejected.message());
    };
  }
}
