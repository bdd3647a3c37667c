package io.culvert.agent.main;

import io.culvert.agent.dataplane.AeadPreference;
import io.culvert.agent.enrolment.Enroller;
import io.culvert.agent.enrolment.EnrolmentException;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.enrolment.TokenText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert agent up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Enrols this computer if it is new, logs on, and carries the VPNs' packets until SIGTERM, Ctrl-C or 'agent down'.",
    footer = {
      "",
      "Examples:",
      "  culvert agent up --token culvert1...",
      "  culvert agent up                         enrolled before",
      "  culvert agent up --server vpn.example.com:443 --node acme/laptop --ca ca.pem --user ann --password-stdin"
    })
final class UpCommand implements Callable<Integer> {
  static final String VERSION = "0.1.0";

  @Mixin private StateOption state = new StateOption();

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "One-time enrolment token from your administrator.")
  private @Nullable String token;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File that holds the token: so it appears in no list of processes.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "Enrol by password: the agent gateway.")
  private @Nullable String server;

  @Option(names = "--node", paramLabel = "ORG/NODE", description = "Enrol by password: the node.")
  private @Nullable String node;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Enrol by password: the cluster CA's certificate (ca.pem).")
  private @Nullable Path authority;

  @Option(names = "--user", paramLabel = "NAME", description = "Enrol by password: the user name.")
  private @Nullable String user;

  @Option(
      names = "--password-stdin",
      description = "Enrol by password: read it from standard input, one line.")
  private boolean passwordStdin;

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      defaultValue = "culvert0",
      description = "Virtual interface; default ${DEFAULT-VALUE}.")
  private String interfaceName = "culvert0";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4500",
      description = "UDP port of the tunnels; default ${DEFAULT-VALUE}; 0: any.")
  private int port = 4500;

  @Option(
      names = "--pull",
      paramLabel = "INTERVAL",
      converter = PullInterval.class,
      description = {
        "Ask for changes at this interval (30s, 5m, 2h; 1 s to 24 h) instead of having them pushed:",
        "saves a metered or sleepy link; peers' changes arrive as late as that."
      })
  private Duration pullInterval = Duration.ZERO;

  @Option(
      names = "--aead",
      paramLabel = "IMPLEMENTATION",
      converter = AeadName.class,
      completionCandidates = AeadName.Candidates.class,
      description = {
        "Who computes the ciphers: fastest (default; intel-ipsec-mb where it is installed) or jdk.",
        "Packets are the same."
      })
  private AeadPreference aead = AeadPreference.FASTEST;

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    StateDirectory directory = state.directory();
    InetSocketAddress metricsAt = metrics.address();
    try {
      directory.prepare();
      FileLock lock = directory.lock();
      try (DataPlaneOpening opening = DataPlaneOpening.begin(interfaceName, port, aead)) {
        NodeIdentity identity = identity(directory, out);
        AgentProcess process =
            AgentProcess.start(
                directory,
                identity,
                opening.take(),
                new AgentProcess.Printer(out, ProcessAge::millis, directory, identity.seal()),
                VERSION,
                pullInterval,
                metricsAt);
        runUntilStopped(process, lock);
      }
      return 0;
    } catch (EnrolmentException | UncheckedIOException e) {
      err.println("culvert agent: " + e.getMessage());
      err.flush();
      return 1;
    }
  }

  private static void runUntilStopped(AgentProcess process, FileLock lock)
      throws InterruptedException {
    Thread hook = new Thread(process::close, "culvert-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    process.awaitStop();
    Runtime.getRuntime().removeShutdownHook(hook);
    process.close();
    if (!lock.isValid()) {
      throw new IllegalStateException("the lock of the state directory was lost");
    }
  }

  private NodeIdentity identity(StateDirectory directory, PrintWriter out) {
    Optional<NodeIdentity> enrolled = NodeIdentity.load(directory);
    if (enrolled.isPresent()) {
      requireSameNode(enrolled.get().nodeId());
      return enrolled.get();
    }
    NodeIdentity fresh = enrol();
    fresh.save(directory);
    out.printf("enrolled as %s%n", fresh.nodeId());
    out.flush();
    return fresh;
  }

  /** A token that was spent already does no harm: so the same command line works at each start. */
  private void requireSameNode(String enrolled) {
    boolean withToken = token != null || tokenFile != null;
    String asked = withToken ? TokenText.parse(tokenText()).getNodeId() : node;
    if (asked != null && !asked.equals(enrolled)) {
      throw new EnrolmentException(
          "this computer is enrolled as %s already; use another --state for %s"
              .formatted(enrolled, asked));
    }
  }

  private String tokenText() {
    if (token != null) {
      return token;
    }
    Path file = Objects.requireNonNull(tokenFile);
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new EnrolmentException("cannot read the token file %s".formatted(file));
    }
  }

  private NodeIdentity enrol() {
    if (token != null || tokenFile != null) {
      return Enroller.withToken(TokenText.parse(tokenText()), VERSION);
    }
    if (server != null && node != null && authority != null && user != null && passwordStdin) {
      return new Enroller(fingerprint(authority), VERSION)
          .withPassword(List.of(server), node, user, readPassword());
    }
    throw new EnrolmentException(
        "this computer is not enrolled: use --token, or --server, --node, --ca, --user and --password-stdin together");
  }

  private static byte[] fingerprint(Path authority) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(NodeIdentity.readCertificate(Files.readAllBytes(authority)).getEncoded());
    } catch (IOException | GeneralSecurityException e) {
      throw new EnrolmentException("%s holds no certificate".formatted(authority));
    }
  }

  private static String readPassword() {
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null || line.isEmpty()) {
        throw new EnrolmentException("no password came on standard input");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the password", e);
    }
  }
}
