package io.culvert.acceptance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.LabException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Speaks to the admin API of any server of a cluster. Thread-safe after {@link #login}. */
public final class ClusterAdministrator implements AutoCloseable {
  /** The most that {@link #addMembers} takes. */
  public static final int MOST_MEMBERS = 1_000;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int UNAVAILABLE = 503;

  private final List<String> servers;
  private final HttpClient client;
  private volatile String token = "";

  /**
   * Nobody is logged on yet.
   *
   * @param authority file with the certificate of the cluster's CA
   * @param servers URLs of the admin APIs
   */
  ClusterAdministrator(Path authority, List<String> servers) {
    this.servers = List.copyOf(servers);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .sslContext(trust(authority))
            .build();
  }

  /**
   * What a server said.
   *
   * @param status of HTTP
   * @param body null's node if there was none
   */
  public record Answer(int status, JsonNode body) {
    /** Whether the change is durable, or the question answered. */
    public boolean isGood() {
      return status / 100 == 2;
    }
  }

  /** Logs on at the first server and chooses another password. */
  void login(String user, String password, String newPassword) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("userName", user)
            .put("password", password)
            .put("newPassword", newPassword);
    token = must(0, "POST", "/api/v1/login", body).required("token").asText();
  }

  /**
   * Asks one server, once.
   *
   * @param server which, from 0
   * @param requestId unique for each intended change: a repeated one changes nothing more
   * @throws IOException if there is no answer: nothing is known of a change then
   */
  public Answer ask(int server, String method, String path, Object body, String requestId)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(servers.get(server % servers.size()) + path))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", requestId)
            .method(
                method,
                method.equals("GET")
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Asks servers until one has done it, with one request id: what was done without an answer is not
   * done twice.
   *
   * @param server the one that is asked first, from 0
   * @throws LabException with what was said instead, if it is refused or the time is over
   */
  public JsonNode must(int server, String method, String path, Object body) {
    AtomicInteger next = new AtomicInteger(server);
    return must(next::getAndIncrement, method, path, body);
  }

  /** As {@link #must}, always at the same server. */
  public JsonNode mustAtOne(int server, String method, String path, Object body) {
    return must(() -> server, method, path, body);
  }

  private JsonNode must(IntSupplier next, String method, String path, Object body) {
    String requestId = UUID.randomUUID().toString();
    AtomicReference<String> last = new AtomicReference<>("");
    try {
      return Await.value(
          "%s %s".formatted(method, path),
          PATIENCE,
          () -> attempt(next.getAsInt(), method, path, body, requestId, last));
    } catch (LabException e) {
      throw new LabException("%s: %s".formatted(e.getMessage(), last), e);
    }
  }

  private Optional<JsonNode> attempt(
      int server,
      String method,
      String path,
      Object body,
      String requestId,
      AtomicReference<String> last) {
    try {
      Answer answer = ask(server, method, path, body, requestId);
      if (answer.isGood()) {
        return Optional.of(answer.body());
      }
      last.set("%d %s".formatted(answer.status(), answer.body()));
      if (answer.status() != UNAVAILABLE) {
        throw new LabException("%s %s was refused".formatted(method, path));
      }
    } catch (IOException e) {
      last.set(e.toString());
    }
    return Optional.empty();
  }

  /** Makes an organization. */
  public void createOrganization(String name) {
    var _ = must(0, "POST", "/api/v1/organizations", Map.of("name", name));
  }

  /**
   * Makes a VPN.
   *
   * @param vpn {@code organization/name}
   * @param topology {@code full-mesh} or {@code hub-and-spoke}
   */
  public void createVpn(String vpn, String topology) {
    var _ =
        must(0, "POST", collection(vpn, "vpns"), Map.of("name", name(vpn), "topology", topology));
  }

  /** The path of the VPNs, the nodes or the imports of an organization. */
  private static String collection(String id, String kind) {
    return "/api/v1/organizations/%s/%s".formatted(id.substring(0, id.indexOf('/')), kind);
  }

  private static String name(String id) {
    return id.substring(id.indexOf('/') + 1);
  }

  /** The path of a VPN, {@code organization/name}. */
  public static String vpnPath(String vpn) {
    return collection(vpn, "vpns") + "/" + name(vpn);
  }

  /** The path of a node, {@code organization/name}. */
  public static String nodePath(String node) {
    return collection(node, "nodes") + "/" + name(node);
  }

  /** Whether a server answers a question now. */
  public boolean isAnswered(int server, String path) {
    try {
      return ask(server, "GET", path, Map.of(), UUID.randomUUID().toString()).isGood();
    } catch (IOException e) {
      return false;
    }
  }

  /** The path of a membership. */
  public static String memberPath(String vpn, String node) {
    return vpnPath(vpn) + "/members/" + name(node);
  }

  /** Makes a node. */
  public void createNode(int server, String node) {
    var _ = must(server, "POST", collection(node, "nodes"), Map.of("name", name(node)));
  }

  /**
   * Makes a node, admits it and gives the text of its enrolment token.
   *
   * @param server that is asked, from 0
   * @param role {@code hub} or {@code spoke}
   */
  public String addMember(int server, String vpn, String node, String role) {
    createNode(server, node);
    var _ = must(server, "PUT", memberPath(vpn, node), Map.of("role", role));
    return must(server, "POST", nodePath(node) + "/tokens", Map.of()).required("token").asText();
  }

  /**
   * Makes many nodes members of a VPN with one request.
   *
   * @param server that is asked, from 0
   * @param nodes {@code organization/name} of new nodes, at most {@link #MOST_MEMBERS}
   * @param role {@code hub} or {@code spoke}
   * @return the texts of their enrolment tokens, in the same order
   */
  public List<String> addMembers(int server, String vpn, List<String> nodes, String role) {
    ObjectNode body = JSON.createObjectNode().put("tokens", true);
    ArrayNode entries = body.putArray("nodes");
    for (String node : nodes) {
      entries.addObject().put("name", name(node)).put("vpn", name(vpn)).put("role", role);
    }
    List<String> tokens = new ArrayList<>();
    for (JsonNode node : must(server, "POST", collection(vpn, "imports"), body).get("nodes")) {
      tokens.add(node.required("token").asText());
    }
    return tokens;
  }

  private static SSLContext trust(Path authority) {
    try (var pem = Files.newInputStream(authority)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new LabException("cannot trust " + authority, e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
