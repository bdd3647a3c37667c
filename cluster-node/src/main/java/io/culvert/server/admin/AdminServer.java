package io.culvert.server.admin;

import io.culvert.model.sharding.EntityShards;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.authentication.PasswordHasher;
import io.culvert.server.cluster.ServerGroup;
import io.culvert.server.feed.AppliedRevisions;
import io.culvert.server.pki.MasterKey;
import io.culvert.server.pki.ServerTls;
import io.culvert.server.storage.Availability;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.json.JavalinJackson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The administrators' door: REST over HTTPS (TLS 1.3). Thread-safe. */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final String OPENAPI = "/openapi.yaml";
  private static final String BEARER = "Bearer ";
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);

  private final Javalin javalin;

  private AdminServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Starts serving.
   *
   * @throws UncheckedIOException if the address cannot be bound
   */
  public static AdminServer start(
      ActorSystem<?> system,
      AdminSettings settings,
      ServerTls tls,
      PasswordHasher hasher,
      GuessLimiter guesses,
      MasterKey masterKey,
      AppliedRevisions applied,
      ServerGroup servers,
      Availability database,
      InstantSource clock) {
    Entities entities = new Entities(EntityShards.of(system), database);
    BearerTokens tokens = new BearerTokens(masterKey, settings.sessionLifetime(), clock);
    IdempotencyKeys keys = new IdempotencyKeys(masterKey);
    Accounts accounts = new Accounts(entities, hasher, tokens, guesses);
    EnrolmentTokens enrolmentTokens =
        new EnrolmentTokens(
            masterKey, settings.advertisedGateways(), tls.identity().certificateAuthority());
    Javalin javalin =
        Javalin.create(
            config -> {
              configure(config, settings, tls);
              config.routes.before("/api/*", context -> refuseInMinority(context, servers));
              config.routes.before("/api/*", context -> refuseInVain(context, entities));
              config.routes.before("/api/*", context -> prepare(context, accounts, keys));
              accounts.register(config.routes);
              new Organizations(entities).register(config.routes);
              new Vpns(entities, applied, clock).register(config.routes);
              new Nodes(entities, accounts, enrolmentTokens, settings.tokenLifetime(), clock)
                  .register(config.routes);
              new NodeImports(entities, enrolmentTokens, settings.tokenLifetime(), clock)
                  .register(config.routes);
              new ClusterServers(servers).register(config.routes);
              registerRest(config.routes);
            });
    try {
      javalin.start();
    } catch (RuntimeException e) {
      throw new UncheckedIOException(
          new IOException(
              "cannot listen for administrators at %s: %s"
                  .formatted(settings.listen(), rootMessage(e)),
              e));
    }
    return new AdminServer(javalin);
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private static void configure(JavalinConfig config, AdminSettings settings, ServerTls tls) {
    config.startup.showJavalinBanner = false;
    config.concurrency.useVirtualThreads = true;
    // What is longer than is usual is for imports only; see Requests.
    config.http.maxRequestSize = NodeImports.MOST_BYTES;
    config.jsonMapper(new JavalinJackson(Requests.JSON, true));
    // Who tells this server to stop is answered before it does.
    config.jetty.modifyServer(
        server -> {
          server.setStopTimeout(LAST_ANSWERS.toMillis());
          server.setHandler(new GracefulHandler());
        });
    config.jetty.addConnector(
        (server, httpConfiguration) -> connector(server, httpConfiguration, settings, tls));
  }

  private static Connector connector(
      Server server, HttpConfiguration httpConfiguration, AdminSettings settings, ServerTls tls) {
    HttpConfiguration secure = new HttpConfiguration(httpConfiguration);
    secure.setSendServerVersion(false);
    // Any name of the certificate, and addresses, are good.
    secure.addCustomizer(new SecureRequestCustomizer(false));
    ServerConnector connector =
        new ServerConnector(
            server,
            new SslConnectionFactory(sslContextFactory(tls), "http/1.1"),
            new HttpConnectionFactory(secure));
    if (!settings.listen().getAddress().isAnyLocalAddress()) {
      connector.setHost(settings.listen().getAddress().getHostAddress());
    }
    connector.setPort(settings.listen().getPort());
    return connector;
  }

  private static SslContextFactory.Server sslContextFactory(ServerTls tls) {
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(tls.context());
    factory.setIncludeProtocols("TLSv1.3");
    factory.setSniRequired(false);
    return factory;
  }

  /** Says who sends the request; refuses what needs a login and has none. */
  private static void prepare(Context context, Accounts accounts, IdempotencyKeys keys) {
    // Answers hold tokens; none is for a cache.
    context.header("Cache-Control", "no-store");
    if (context.path().equals("/api/v1/login") || context.path().startsWith("/api/v1/openapi")) {
      return;
    }
    String header = context.header("Authorization");
    Principal principal =
        header != null && header.startsWith(BEARER)
            ? accounts.authenticate(header.substring(BEARER.length()))
            : null;
    if (principal == null) {
      throw new ApiException(
          401, "unauthenticated", "log in first: culvert admin login (logins end after a while)");
    }
    context.attribute(Requests.PRINCIPAL, principal);
    context.attribute(Requests.KEYS, keys);
  }

  /** A change that the other servers might never hear of; to log in changes nothing. */
  private static void refuseInMinority(Context context, ServerGroup servers) {
    if (!reads(context) && !context.path().equals("/api/v1/login")) {
      servers
          .minority()
          .ifPresent(
              problem -> {
                throw new ApiException(503, "minority", problem);
              });
    }
  }

  /** A change while the database is away; to log in and to drain a server changes no data. */
  private static void refuseInVain(Context context, Entities entities) {
    if (!reads(context)
        && !context.path().equals("/api/v1/login")
        && !context.path().startsWith("/api/v1/servers/")) {
      entities.requireDatabase();
    }
  }

  private static boolean reads(Context context) {
    return context.method().equals(HandlerType.GET) || context.method().equals(HandlerType.HEAD);
  }

  private static void registerRest(RoutesConfig routes) {
    routes.get(
        "/api/v1/openapi.yaml",
        context -> context.contentType("application/yaml").result(openApi()));
    routes.exception(
        ApiException.class,
        (failure, context) ->
            problem(
                context, failure.status(), failure.code(), String.valueOf(failure.getMessage())));
    routes.exception(
        HttpResponseException.class,
        (failure, context) ->
            problem(
                context,
                failure.getStatus(),
                failure.getStatus() == 404 ? "no-such-resource" : "refused",
                failure.getStatus() == 404
                    ? "there is no such resource; see /api/v1/openapi.yaml"
                    : String.valueOf(failure.getMessage())));
    routes.exception(
        Exception.class,
        (failure, context) -> {
          LOG.error("{} {} failed", context.method(), context.path(), failure);
          problem(
              context,
              500,
              "internal",
              "the server failed; its log at this time says why. Nothing may have changed");
        });
  }

  private static void problem(Context context, int status, String code, String detail) {
    if (status == 503) {
      context.header("Retry-After", "2");
    }
    context
        .status(status)
        .json(new Api.Problem("about:blank", code.replace('-', ' '), status, detail, code))
        .contentType("application/problem+json");
  }

  private static String openApi() {
    try (@Nullable InputStream resource = AdminServer.class.getResourceAsStream(OPENAPI)) {
      return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every route that answers requests, as {@code METHOD /path/{parameter}}. */
  SortedSet<String> routes() {
    return javalin.unsafe.internalRouter.allHttpHandlers().stream()
        .filter(route -> route.endpoint.method.isHttpMethod())
        .map(route -> route.endpoint.method.name() + " " + route.endpoint.path)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The bound TCP port. */
  public int port() {
    return javalin.port();
  }

  /** Stops; requests under way may end within {@link #LAST_ANSWERS}. */
  @Override
  public void close() {
    javalin.stop();
  }
}
