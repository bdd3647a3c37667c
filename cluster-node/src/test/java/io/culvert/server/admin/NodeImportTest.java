package io.culvert.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.EnrolmentToken;
import io.culvert.server.admin.ApiClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many nodes in one request, on the real entities. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class NodeImportTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration STEP = Duration.ofSeconds(20);

  @TempDir static Path directory;
  private static AdminHouse house;
  private static ApiClient operator;

  @BeforeAll
  static void open() {
    house = AdminHouse.open(directory);
    operator = house.operator();
  }

  @AfterAll
  static void close() {
    house.close();
  }

  /** A fresh organization with the VPNs v and w; its path. */
  private static String organization() {
    String name = AdminHouse.freshName("import");
    assertThat(operator.post("/api/v1/organizations", Json.object("name", name)).status())
        .isEqualTo(201);
    String path = "/api/v1/organizations/" + name;
    assertThat(operator.post(path + "/vpns", Json.object("name", "v")).status()).isEqualTo(201);
    assertThat(operator.post(path + "/vpns", Json.object("name", "w")).status()).isEqualTo(201);
    return path;
  }

  /** Name, VPN and role of each entry, separated by blanks. */
  private static ObjectNode request(boolean tokens, String... entries) {
    ObjectNode request = MAPPER.createObjectNode().put("tokens", tokens);
    ArrayNode nodes = request.putArray("nodes");
    for (String entry : entries) {
      String[] parts = entry.split(" ", -1);
      ObjectNode node = nodes.addObject().put("name", parts[0]);
      if (parts.length > 1) {
        node.put("vpn", parts[1]);
      }
      if (parts.length > 2) {
        node.put("role", parts[2]);
      }
    }
    return request;
  }

  private static List<JsonNode> imported(String path, ObjectNode request) {
    Answer answer = operator.post(path + "/imports", request.toString());
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    List<JsonNode> nodes = new ArrayList<>();
    answer.json().required("nodes").forEach(nodes::add);
    return nodes;
  }

  private static List<String> texts(List<JsonNode> nodes, String field) {
    return nodes.stream().map(node -> node.path(field).asText()).toList();
  }

  private static List<String> members(String path) {
    List<String> members = new ArrayList<>();
    operator
        .get(path)
        .json()
        .forEach(
            member ->
                members.add(
                    "%s %s %s"
                        .formatted(
                            member.path("node").asText(),
                            member.path("ipv4").asText(),
                            member.path("role").asText())));
    return members;
  }

  @Test
  void makesNodesMembersAndTokens() {
    String path = organization();
    String acme = path.substring(path.lastIndexOf('/') + 1);
    List<JsonNode> nodes = imported(path, request(true, "c v hub", "a v", "b w spoke", "d"));
    assertThat(texts(nodes, "node"))
        .containsExactly(acme + "/c", acme + "/a", acme + "/b", acme + "/d");
    assertThat(texts(nodes, "outcome")).containsOnly("created");
    assertThat(texts(nodes, "token"))
        .doesNotHaveDuplicates()
        .allMatch(text -> text.startsWith("culvert1."));
    assertThat(members(path + "/vpns/v/members"))
        .containsExactly(acme + "/c 100.64.0.2 hub", acme + "/a 100.64.0.3 spoke");
    assertThat(members(path + "/vpns/w/members")).containsExactly(acme + "/b 100.65.0.2 spoke");
    assertThat(operator.get(path + "/nodes").json()).hasSize(4);
    Instant until =
        Instant.parse(operator.get(path + "/nodes/d").json().at("/tokenExpiresAt").asText());
    assertThat(texts(nodes, "expiresAt")).containsOnly(until.toString());
  }

  @Test
  void aRepeatedImportChangesNothingAndGivesTheSameTokens() throws IOException {
    String path = organization();
    String acme = path.substring(path.lastIndexOf('/') + 1);
    ObjectNode request = request(true, "a v", "b v", "c");
    List<JsonNode> first = imported(path, request);
    long revision = operator.get(path + "/vpns/v").json().required("revision").asLong();
    assertThat(enrol(new NodeId(acme, "b"), first.get(1).path("token").asText()))
        .isInstanceOf(NodeProtocol.Changed.class);

    List<JsonNode> again = imported(path, request);

    assertThat(texts(again, "outcome")).containsOnly("exists");
    assertThat(again.get(0).path("token")).isEqualTo(first.get(0).path("token"));
    assertThat(again.get(0).path("expiresAt")).isEqualTo(first.get(0).path("expiresAt"));
    assertThat(again.get(1).has("token")).as("b has enrolled").isFalse();
    assertThat(again.get(2).path("token")).isEqualTo(first.get(2).path("token"));
    assertThat(operator.get(path + "/vpns/v").json().required("revision").asLong())
        .isEqualTo(revision);
    assertThat(enrol(new NodeId(acme, "a"), again.get(0).path("token").asText()))
        .isInstanceOf(NodeProtocol.Changed.class);
    assertThat(enrol(new NodeId(acme, "a"), again.get(0).path("token").asText()))
        .isInstanceOf(NodeProtocol.Rejected.class);
  }

  /** As an agent does it, without the certificate. */
  private static NodeProtocol.Reply enrol(NodeId node, String token) throws IOException {
    byte[] secret =
        EnrolmentToken.parseFrom(
                Base64.getUrlDecoder().decode(token.substring("culvert1.".length())))
            .getSecret()
            .toByteArray();
    String digest;
    try {
      digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return house
        .cluster()
        .shards()
        .node(node)
        .<NodeProtocol.Reply>ask(
            replyTo ->
                new NodeProtocol.EnrolWithToken(
                    UUID.randomUUID().toString(), digest, "f".repeat(64), replyTo),
            STEP)
        .toCompletableFuture()
        .join();
  }

  @Test
  void aRepeatedRequestWithTheSameKeyGivesTheSameNodesAndTokens() {
    String path = organization();
    String body = request(true, "a v", "b").toString();
    Map<String, String> key = Map.of("Idempotency-Key", AdminHouse.freshName("key"));
    Answer first = operator.send("POST", path + "/imports", body, key);
    Answer again = operator.send("POST", path + "/imports", body, key);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(
            operator.send("POST", path + "/imports", request(false, "c").toString(), key).status())
        .isEqualTo(422);
  }

  @Test
  void completesWhatIsThereInParts() {
    String path = organization();
    operator.post(path + "/nodes", Json.object("name", "a"));
    operator.put(path + "/vpns/v/members/a", Json.object("role", "hub"));
    operator.post(path + "/nodes", Json.object("name", "b"));
    String token = operator.post(path + "/nodes/b/tokens", "{}").json().at("/token").asText();

    List<JsonNode> nodes = imported(path, request(true, "a v hub", "b v", "c v"));

    assertThat(texts(nodes, "outcome")).containsExactly("exists", "admitted", "created");
    assertThat(nodes.get(0).has("token")).as("it never enrolled and had none").isTrue();
    assertThat(nodes.get(1).has("token")).as("another one waits: " + token.length()).isFalse();
    assertThat(operator.get(path + "/vpns/v/members").json()).hasSize(3);
  }

  @Test
  void givesNoTokenToWhoAsksForNone() {
    String path = organization();
    assertThat(imported(path, request(true, "a")).getFirst().has("token")).isTrue();
    assertThat(imported(path, request(false, "a", "b")))
        .allMatch(node -> !node.has("token") && !node.has("expiresAt"));
    assertThat(operator.get(path + "/nodes/b").json().at("/tokenExpiresAt").isNull()).isTrue();
  }

  @Test
  void aDeletedNameIsRefusedAndTheOthersAreImported() {
    String path = organization();
    imported(path, request(false, "a v", "b v"));
    operator.delete(path + "/nodes/a");

    List<JsonNode> nodes = imported(path, request(true, "a v", "b v", "c v"));

    assertThat(texts(nodes, "outcome")).containsExactly("refused", "exists", "created");
    assertThat(nodes.getFirst().path("detail").asText()).contains("was deleted");
    assertThat(nodes.getFirst().has("token")).isFalse();
    assertThat(operator.get(path + "/nodes").json()).hasSize(2);
    assertThat(operator.get(path + "/vpns/v/members").json()).hasSize(2);
  }

  @Test
  void takesAThousandAndNoMore() {
    String path = organization();
    String[] entries = new String[1_001];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = "n".repeat(55) + "%04d".formatted(i) + " v spoke";
    }
    Answer refused = operator.post(path + "/imports", request(true, entries).toString());
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/detail").asText()).contains("1 to 1000 entries, not 1001");
    assertThat(operator.get(path + "/nodes").json()).isEmpty();

    String[] thousand = Arrays.copyOf(entries, 1_000);
    assertThat(texts(imported(path, request(true, thousand)), "outcome"))
        .hasSize(1_000)
        .containsOnly("created");
    JsonNode vpn = operator.get(path + "/vpns/v").json();
    assertThat(vpn.required("members").asInt()).isEqualTo(1_000);
    assertThat(vpn.required("revision").asLong()).isEqualTo(1_001);
    assertThat(texts(imported(path, request(true, thousand)), "outcome")).containsOnly("exists");
  }

  @Test
  void badEntriesAreNamedAndNothingIsChanged() {
    String path = organization();
    bad(path, "{}", "'nodes' has 1 to 1000 entries, not 0");
    bad(path, "{\"nodes\":[]}", "not 0");
    bad(path, request(false, "good", "Not-A-Name"), "nodes[1]: node name 'Not-A-Name'");
    bad(path, request(false, "a", "b", "a v"), "nodes[2]: 'a' is in nodes[0] already");
    bad(path, request(false, "a", "b Not_A_Vpn"), "nodes[1]: VPN name 'Not_A_Vpn'");
    bad(path, "{\"nodes\":[{\"name\":\"a\"},{\"vpn\":\"v\"}]}", "nodes[1]: the field 'name'");
    bad(path, "{\"nodes\":[{\"name\":\"a\"},null]}", "nodes[1]: the field 'name'");
    bad(
        path,
        "{\"nodes\":[{\"name\":\"a\",\"role\":\"hub\"}]}",
        "nodes[0]: a 'role' needs a 'vpn'");
    bad(path, request(false, "a", "b v king"), "'nodes[1].role' cannot be 'king'");
    bad(path, "{\"nodes\":[{\"name\":\"a\",\"colour\":\"red\"}]}", "there is no field 'colour'");
    bad(path, "{\"nodes\":[\"a\"]}", "'nodes[0]'");
    bad(path, request(false, "a").put("lifetimeSeconds", 60), "'lifetimeSeconds' needs 'tokens'");
    bad(path, request(true, "a").put("lifetimeSeconds", 0), "'lifetimeSeconds'");
    assertThat(operator.get(path + "/nodes").json()).isEmpty();
  }

  private static void bad(String path, ObjectNode request, String fragment) {
    bad(path, request.toString(), fragment);
  }

  private static void bad(String path, String body, String fragment) {
    Answer answer = operator.post(path + "/imports", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().at("/detail").asText()).contains(fragment);
  }

  @Test
  void whatAVpnWouldRefuseChangesNothing() {
    String path = organization();
    operator.post(path + "/vpns", Json.object("name", "small", "ipv4Pool", "10.9.0.0/29"));
    imported(path, request(false, "hub v hub"));

    Answer unknown = operator.post(path + "/imports", request(false, "a v", "b nosuch").toString());
    Answer role = operator.post(path + "/imports", request(false, "a v", "hub v spoke").toString());
    Answer full =
        operator.post(
            path + "/imports",
            request(false, "a small", "b small", "c small", "d small", "e small", "f small")
                .toString());

    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().at("/detail").asText()).contains("nosuch");
    assertThat(role.status()).isEqualTo(409);
    assertThat(role.json().at("/detail").asText()).contains("/hub is a member already");
    assertThat(full.status()).isEqualTo(409);
    assertThat(full.json().at("/code").asText()).isEqualTo("pool-exhausted");
    assertThat(operator.get(path + "/nodes").json()).hasSize(1);
    assertThat(operator.get(path + "/vpns/v/members").json()).hasSize(1);
  }

  @Test
  void isForAdministratorsOfTheOrganization() {
    String path = organization();
    String other = organization();
    operator.put(path + "/administrators/eve", Json.object("password", AdminHouse.PASSWORD));
    ApiClient eve = house.login("eve@" + path.substring(path.lastIndexOf('/') + 1));
    String body = request(true, "a v").toString();
    assertThat(eve.post(other + "/imports", body).status()).isEqualTo(403);
    assertThat(house.nobody().post(path + "/imports", body).status()).isEqualTo(401);
    assertThat(operator.get(other + "/nodes").json()).isEmpty();
    assertThat(eve.post(path + "/imports", body).status()).isEqualTo(200);
    assertThat(operator.post("/api/v1/organizations/nowhere/imports", body).status())
        .isEqualTo(404);
    assertThat(
            operator
                .post("/api/v1/organizations/nowhere/imports", request(false, "a").toString())
                .status())
        .isEqualTo(404);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    String path = organization();
    assertThat(operator.post(path + "/imports", " ".repeat(300_000)).status()).isEqualTo(413);
    assertThat(operator.post(path + "/nodes", " ".repeat(100_000)).status()).isEqualTo(413);
  }
}
