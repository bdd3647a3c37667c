package io.culvert.server.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.server.LoopbackPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** {@code culvert server} as a process of its own, on ports of its own at 127.0.0.1. */
final class ServerProcess implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern FIRST_PASSWORD = Pattern.compile("one-time password: (\\S+)");

  final Path data;
  final int agentPort = LoopbackPorts.free();
  final int adminPort = LoopbackPorts.free();
  final int healthPort = LoopbackPorts.free();
  final int clusterPort = LoopbackPorts.free();

  private final List<String> jvmOptions;
  private final List<String> options;
  private final HttpClient plain = HttpClient.newHttpClient();
  private Path output;
  private Process process;
  private int starts;

  /** Starts one over a data directory, without waiting. */
  ServerProcess(Path data, String... options) {
    this(data, List.of(), options);
  }

  /** Starts one with more options of the JVM. */
  ServerProcess(Path data, List<String> jvmOptions, String... options) {
    this.data = data;
    this.jvmOptions = List.copyOf(jvmOptions);
    this.options = List.of(options);
    launch();
  }

  /** Gives another data directory the cluster's keys, as an operator does before a server joins. */
  void shareKeysWith(Path otherData) throws IOException {
    Path keys = Files.createDirectories(otherData.resolve("keys"));
    for (String file : List.of("ca.pem", "ca-key.pem", "master.key")) {
      Files.copy(data.resolve("keys").resolve(file), keys.resolve(file));
    }
  }

  /** Starts it again over the same directory and ports. */
  void launch() {
    output = data.resolveSibling("%s-%d.log".formatted(data.getFileName(), ++starts));
    List<String> command = new ArrayList<>(java());
    command.addAll(1, jvmOptions);
    command.addAll(List.of("--data", data.toString(), "--host", "127.0.0.1"));
    addPort(command, "--agent-port", agentPort);
    addPort(command, "--admin-port", adminPort);
    addPort(command, "--health-port", healthPort);
    addPort(command, "--cluster-port", clusterPort);
    command.addAll(options);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A test may have chosen that port itself. */
  private void addPort(List<String> command, String option, int port) {
    if (!options.contains(option)) {
      command.addAll(List.of(option, String.valueOf(port)));
    }
  }

  private static List<String> java() {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:TieredStopAtLevel=1",
        "-Xmx384m",
        "-cp",
        classPath,
        ServerCommand.class.getName());
  }

  /** Waits for the line that says it serves. */
  ServerProcess awaitReady() {
    await("ready", () -> text().contains(": ready\n"));
    return this;
  }

  /** Waits until a condition holds; fails with the output when the time is over or it has ended. */
  void await(String what, BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNanos || !process.isAlive()) {
        throw new AssertionError("not %s: %s".formatted(what, text()));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** What it has printed since its last start. */
  String text() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String firstPassword() {
    Matcher matcher = FIRST_PASSWORD.matcher(text());
    if (!matcher.find()) {
      throw new AssertionError("no first password: " + text());
    }
    return matcher.group(1);
  }

  int health(String path) throws IOException, InterruptedException {
    return page(path).statusCode();
  }

  /** The text of the page that says whether it takes agents. */
  String ready() throws IOException, InterruptedException {
    return page("/ready").body();
  }

  /** What it counts, in Prometheus' form. */
  String metrics() throws IOException, InterruptedException {
    return page("/metrics").body();
  }

  private HttpResponse<String> page(String path) throws IOException, InterruptedException {
    return plain.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** SIGKILL: nothing of the process runs after this. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  void terminate() {
    process.destroy();
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("has not ended: " + text());
    }
    return process.exitValue();
  }

  /** The certificate of its cluster's CA. */
  X509Certificate authority() throws IOException, CertificateException {
    try (InputStream pem = Files.newInputStream(data.resolve("ca.pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }

  /** An administrator, who trusts the data directory's CA. */
  Administrator administrator() {
    return new Administrator();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    plain.close();
  }

  /** An answer of the admin API. */
  record Answer(int status, JsonNode body) {}

  /** Speaks to the admin API. */
  final class Administrator {
    private final HttpClient client = HttpClient.newBuilder().sslContext(trust()).build();
    private String token = "";

    Administrator login(String password, String newPassword) throws Exception {
      var body = JSON.createObjectNode().put("userName", "admin").put("password", password);
      if (!newPassword.isEmpty()) {
        body.put("newPassword", newPassword);
      }
      token = expect(200, "POST", "/api/v1/login", body.toString()).required("token").asText();
      return this;
    }

    /** The answer's status. */
    int status(String method, String path, String body) throws Exception {
      return send(method, path, body).statusCode();
    }

    /** The answer, whatever it is. */
    Answer ask(String method, String path, String body) throws Exception {
      HttpResponse<String> answer = send(method, path, body);
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    }

    JsonNode expect(int status, String method, String path, String body) throws Exception {
      HttpResponse<String> answer = send(method, path, body);
      if (answer.statusCode() != status) {
        throw new AssertionError(
            "%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
      }
      return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + adminPort + path))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", "application/json")
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body));
      if (!token.isEmpty()) {
        request.header("Authorization", "Bearer " + token);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private SSLContext trust() {
      try {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority());
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, factory.getTrustManagers(), null);
        return context;
      } catch (IOException | GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
