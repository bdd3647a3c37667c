package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert server}: runs a server until it is told to stop. */
@Command(
    name = "culvert server",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    version = "culvert server 0.1.0",
    subcommands = {BackupCommand.class, RestoreCommand.class},
    description = "Runs a VPN server until SIGTERM or Ctrl-C; then drains its agents and stops.",
    footer = {
      "",
      "Examples:",
      "  culvert server --data /var/lib/culvert-server",
      "  culvert server --data ./data --agent-port 4443       without root's rights",
      "  culvert server --config /etc/culvert/server.conf",
      "  culvert server --print-config > server.conf          every setting, with its default",
      "  culvert server --data B --join 10.0.0.1:7355 ...     a second server; copy keys/ca.pem, keys/ca-key.pem",
      "                                                       and keys/master.key of the first one into B/keys before"
    })
public final class ServerCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int WRONG_SETTINGS = 2;

  /** Worth to be started again by a supervisor: it joins again. */
  private static final int SHUT_OUT = 4;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file (HOCON).")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory: keys, certificates, database.")
  private @Nullable Path data;

  @Option(names = "--name", paramLabel = "NAME", description = "The server's name in the cluster.")
  private @Nullable String name;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Where agents and administrators are served; default: every address.")
  private @Nullable String host;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description = "Gateway address as agents reach it; may be repeated.")
  private List<String> advertise = new ArrayList<>();

  @Option(names = "--agent-port", paramLabel = "PORT", description = "Agent gateway; default 443.")
  private @Nullable Integer agentPort;

  @Option(names = "--admin-port", paramLabel = "PORT", description = "Admin API; default 8443.")
  private @Nullable Integer adminPort;

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      description = "Health and metrics; default 9090.")
  private @Nullable Integer healthPort;

  @Option(
      names = "--cluster-port",
      paramLabel = "PORT",
      description = "Traffic between servers; default 7355.")
  private @Nullable Integer clusterPort;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      description =
          "Join the cluster of this server; may be repeated. dns:NAME[:PORT]: of the servers at this name.")
  private List<String> join = new ArrayList<>();

  @Option(
      names = "--print-config",
      description = "Print every setting with its default and explanation, and exit.")
  private boolean printConfig;

  @Spec private @Nullable CommandSpec spec;

  /** Entry point. */
  public static void main(String... arguments) {
    // gRPC logs with java.util.logging; how much of that is worth writing is in logback.xml.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(commandLine().execute(arguments));
  }

  /** The command line of this process. */
  public static CommandLine commandLine() {
    return new CommandLine(new ServerCommand());
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    if (printConfig) {
      out.print(referenceText());
      out.flush();
      return 0;
    }
    long begun = System.nanoTime();
    Server server;
    ServerSettings settings;
    try {
      settings = ServerSettings.of(options().withFallback(file()));
      server = Server.start(settings);
    } catch (SettingsException | IllegalStateException | UncheckedIOException | IOException e) {
      PrintWriter err = commandLine.getErr();
      err.println("culvert server: " + StartFailure.sentence(e));
      StartFailure.advice(e).ifPresent(advice -> err.println("  " + advice));
      err.flush();
      return e instanceof SettingsException ? WRONG_SETTINGS : FAILED;
    }
    print(out, server, settings, Duration.ofNanos(System.nanoTime() - begun));
    return awaitEnd(server, commandLine.getErr());
  }

  private Config file() {
    return config == null ? ConfigFactory.empty() : ServerSettings.readFile(config);
  }

  private Config options() {
    Map<String, Object> set = new HashMap<>();
    put(set, "culvert.data-directory", data == null ? null : data.toString());
    put(set, "culvert.server-name", name);
    put(set, "culvert.agent-gateway.host", host);
    put(set, "culvert.admin.host", host);
    put(set, "culvert.agent-gateway.port", agentPort);
    put(set, "culvert.admin.port", adminPort);
    put(set, "culvert.health.port", healthPort);
    put(set, "culvert.cluster.port", clusterPort);
    put(set, "culvert.agent-gateway.advertised", advertise.isEmpty() ? null : advertise);
    put(set, "culvert.cluster.join", join.isEmpty() ? null : join);
    return ConfigFactory.parseMap(set, "command line");
  }

  private static void put(Map<String, Object> set, String key, @Nullable Object value) {
    if (value != null) {
      set.put(key, value);
    }
  }

  private static String referenceText() {
    try (InputStream resource =
        Objects.requireNonNull(
            ServerCommand.class.getClassLoader().getResourceAsStream(ServerSettings.REFERENCE))) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One line for each thing; the last one ends with {@code ready} (docs/commands.md). */
  private static void print(
      PrintWriter out, Server server, ServerSettings settings, Duration duration) {
    String adminUrl = adminUrl(settings.admin().listen().getAddress(), server.adminPort());
    out.printf(
        "agents: port %d (TLS 1.3), advertised as %s%n",
        server.agentPort(), String.join(", ", settings.gateway().advertised()));
    out.printf("administrators: %s%n", adminUrl);
    out.printf("health: http://localhost:%d/live, /ready, /metrics%n", server.healthPort());
    out.printf(
        "data: %s (ca.pem there has fingerprint %s)%n",
        settings.dataDirectory(), server.authorityFingerprint());
    server
        .firstPassword()
        .ifPresent(password -> printFirstLogin(out, settings, adminUrl, password));
    out.printf(
        "server %s, started in %.1f s: ready%n", settings.serverName(), duration.toMillis() / 1e3);
    out.flush();
  }

  private static String adminUrl(InetAddress listen, int port) {
    String host = listen.isAnyLocalAddress() ? "localhost" : listen.getHostAddress();
    return "https://%s:%d"
        .formatted(
            listen instanceof Inet6Address && !listen.isAnyLocalAddress() ? "[" + host + "]" : host,
            port);
  }

  private static void printFirstLogin(
      PrintWriter out, ServerSettings settings, String adminUrl, String password) {
    out.printf(
        "first administrator: %s, one-time password: %s%n", FirstOperator.USER_NAME, password);
    out.printf(
        "log in, and choose your own password, with: culvert admin login --server %s --ca %s --user %s%n",
        adminUrl, settings.dataDirectory().resolve("ca.pem"), FirstOperator.USER_NAME);
  }

  /** Blocks until the server was told to stop, or its cluster has shut it out. */
  private static int awaitEnd(Server server, PrintWriter err) {
    Runtime.getRuntime().addShutdownHook(new Thread(server::drainAndClose, "culvert-stop"));
    server.ended().toCompletableFuture().join();
    if (server.isDraining()) {
      server.drainAndClose();
      return 0;
    }
    err.println(
        "culvert server: this server and the others did not reach each other, and the others go on; start it again");
    err.flush();
    return SHUT_OUT;
  }
}
