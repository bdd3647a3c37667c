package io.culvert.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.admin.ApiClient.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes do, once and repeated, and what is refused. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class RestApiTest {
  private static final String KEY = "Idempotency-Key";
  private static final String TOO_LONG = "x".repeat(2000);

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

  /** A fresh organization with VPN v and node n; its path. */
  private static String organization() {
    String name = AdminHouse.freshName("org");
    assertThat(operator.post("/api/v1/organizations", Json.object("name", name)).status())
        .isEqualTo(201);
    String path = "/api/v1/organizations/" + name;
    assertThat(operator.post(path + "/vpns", Json.object("name", "v")).status()).isEqualTo(201);
    assertThat(operator.post(path + "/nodes", Json.object("name", "n")).status()).isEqualTo(201);
    return path;
  }

  private static long revision(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isIn(200, 201);
    return answer.json().required("revision").asLong();
  }

  @Test
  void aRepeatedRequestHappensOnceAndGetsTheSameAnswer() {
    String path = organization() + "/vpns/v/rekey";
    Answer first = operator.send("POST", path, null, Map.of(KEY, "k1"));
    Answer again = operator.send("POST", path, null, Map.of(KEY, "k1"));
    assertThat(revision(again)).isEqualTo(revision(first));
    Answer next = operator.send("POST", path, null, Map.of(KEY, "k2"));
    assertThat(revision(next)).isEqualTo(revision(first) + 1);
  }

  @Test
  void aReusedKeyIsRefusedAndChangesNothing() {
    String vpn = organization() + "/vpns/v";
    String key = AdminHouse.freshName("key");
    Answer first =
        operator.send("PATCH", vpn, Json.object("cipherSuite", "aes-128-gcm"), Map.of(KEY, key));
    Answer reused =
        operator.send("PATCH", vpn, Json.object("topology", "hub-and-spoke"), Map.of(KEY, key));
    assertThat(reused.status()).isEqualTo(422);
    assertThat(reused.json().at("/code").asText()).isEqualTo("idempotency-key-reused");
    assertThat(revision(operator.get(vpn))).isEqualTo(revision(first));
  }

  @Test
  void aLegacyCipherNeedsThePermissionOfTheVpn() {
    String path = organization();
    String vpn = path + "/vpns/v";
    String legacy = Json.object("cipherSuite", "3des-cbc-hmac-sha256");
    Answer refused = operator.patch(vpn, legacy);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().at("/code").asText()).isEqualTo("legacy-not-allowed");
    assertThat(refused.json().at("/detail").asText()).contains("--allow-legacy");
    assertThat(operator.get(vpn).json().has("warning")).isFalse();

    assertThat(operator.patch(vpn, "{\"legacyAllowed\":true}").status()).isEqualTo(200);
    assertThat(operator.get(vpn).json().at("/warning").asText()).contains("allowed");
    assertThat(operator.patch(vpn, legacy).status()).isEqualTo(200);

    JsonNode shown = operator.get(vpn).json();
    assertThat(shown.at("/cipherSuite").asText()).isEqualTo("3des-cbc-hmac-sha256");
    assertThat(shown.at("/legacyAllowed").asBoolean()).isTrue();
    assertThat(shown.at("/warning").asText()).contains("1 GiB");
    assertThat(operator.patch(vpn, "{\"legacyAllowed\":false}").status()).isEqualTo(409);
    assertThat(operator.patch(vpn, Json.object("cipherSuite", "chacha20-poly1305")).status())
        .isEqualTo(200);
    assertThat(operator.patch(vpn, "{\"legacyAllowed\":false}").status()).isEqualTo(200);
  }

  @Test
  void aNewVpnCannotBeginWithALegacyCipher() {
    String vpns = organization() + "/vpns";
    Answer refused =
        operator.post(vpns, Json.object("name", "old", "cipherSuite", "3des-cbc-hmac-sha256"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().at("/code").asText()).isEqualTo("legacy-not-allowed");
    assertThat(operator.get(vpns).json()).hasSize(1);
    for (String cipher :
        List.of("chacha20-poly1305", "aes-256-cbc-hmac-sha256", "aes-256-cbc-hmac-sha512")) {
      assertThat(operator.post(vpns, Json.object("name", cipher, "cipherSuite", cipher)).status())
          .as(cipher)
          .isEqualTo(201);
    }
  }

  @Test
  void aRepeatedTokenRequestGivesTheSameToken() {
    String tokens = organization() + "/nodes/n/tokens";
    String key = AdminHouse.freshName("key");
    Answer first = operator.send("POST", tokens, "{}", Map.of(KEY, key));
    Answer again = operator.send("POST", tokens, "{}", Map.of(KEY, key));
    Answer other = operator.post(tokens, "{}");
    assertThat(first.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(other.json().at("/token")).isNotEqualTo(first.json().at("/token"));
  }

  @Test
  void creationsMayBeRepeated() {
    String path = organization();
    assertThat(revision(operator.post(path + "/vpns", Json.object("name", "v")))).isEqualTo(1);
    assertThat(operator.post(path + "/nodes", Json.object("name", "n")).status()).isEqualTo(201);
    Answer other =
        operator.post(path + "/vpns", Json.object("name", "v", "topology", "hub-and-spoke"));
    assertThat(other.status()).isEqualTo(409);
    assertThat(operator.get(path + "/vpns").json()).hasSize(1);
  }

  @Test
  void aDeletedNameStaysRetiredAndOutOfTheLists() {
    String path = organization();
    operator.put(path + "/vpns/v/members/n", "{}");
    assertThat(operator.delete(path + "/nodes/n").status()).isEqualTo(200);
    assertThat(operator.get(path + "/vpns/v/members").json()).isEmpty();
    assertThat(operator.delete(path + "/vpns/v").status()).isEqualTo(200);
    assertThat(operator.post(path + "/vpns", Json.object("name", "v")).status()).isEqualTo(409);
    assertThat(operator.post(path + "/nodes", Json.object("name", "n")).status()).isIn(400, 409);
    assertThat(operator.get(path + "/vpns").json()).isEmpty();
    assertThat(operator.get(path + "/nodes").json()).isEmpty();
    assertThat(operator.get(path + "/vpns/v").status()).isEqualTo(404);
  }

  @Test
  void aMemberKeepsItsRoleWhenNoneIsNamed() {
    String member = organization() + "/vpns/v/members/n";
    long admitted = revision(operator.put(member, Json.object("role", "hub")));
    assertThat(revision(operator.put(member, "{}"))).isEqualTo(admitted);
    assertThat(revision(operator.put(member, Json.object("role", "spoke"))))
        .isEqualTo(admitted + 1);
  }

  @Test
  void defaultPoolsOfAnOrganizationDoNotOverlap() {
    String path = organization();
    operator.post(path + "/vpns", Json.object("name", "w"));
    assertThat(operator.get(path + "/vpns/v").json().at("/ipv4Pool").asText())
        .isEqualTo("100.64.0.0/16");
    assertThat(operator.get(path + "/vpns/w").json().at("/ipv4Pool").asText())
        .isEqualTo("100.65.0.0/16");
    Answer overlap =
        operator.post(path + "/vpns", Json.object("name", "x", "ipv4Pool", "100.65.7.0/24"));
    assertThat(overlap.status()).isEqualTo(409);
    assertThat(overlap.json().at("/code").asText()).isEqualTo("pool-conflict");
  }

  @Test
  void aVpnTellsHowManyAgentsHaveItsRevision() {
    String path = organization();
    String name = path.substring(path.lastIndexOf('/') + 1);
    for (String node : new String[] {"n", "m", "o"}) {
      operator.post(path + "/nodes", Json.object("name", node));
      operator.put(path + "/vpns/v/members/" + node, "{}");
    }
    VpnId vpn = new VpnId(name, "v");
    house.revisions().tell(vpn, new NodeId(name, "n"), 4);
    house.revisions().tell(vpn, new NodeId(name, "m"), 3);
    assertThat(operator.get(path + "/vpns/v").json().at("/summary").asText())
        .isEqualTo("revision 4: 1 of 3 applied, 1 offline");
  }

  @Test
  void everyBadFieldIsNamed() {
    String path = organization();
    bad(path + "/vpns", "{\"name\":\"a\",\"cypher\":\"x\"}", "there is no field 'cypher'");
    bad(
        path + "/vpns",
        "{\"name\":\"a\",\"cipherSuite\":\"des\"}",
        "'cipherSuite' cannot be 'des'");
    bad(path + "/vpns", "{\"name\":\"a\",\"topology\":7}", "'topology'");
    bad(path + "/vpns", "{\"name\":\"a\",\"ipv4Pool\":\"10.0.0.0/99\"}", "prefix length 99");
    bad(path + "/vpns", "{\"name\":\"a\",\"topology\":0}", "'topology'");
    bad(path + "/vpns", "{\"name\":5}", "'name'");
    bad(path + "/vpns", "{\"name\":\"a\",\"name\":\"b\"}", "");
    bad(path + "/nodes/n/tokens", "{\"lifetimeSeconds\":\"60\"}", "'lifetimeSeconds'");
    bad(path + "/vpns", "{\"name\":\"a\",\"ipv6Pool\":\"10.0.0.0/16\"}", "10.0.0.0/16");
    bad(path + "/vpns", "{\"name\":\"Not A Name\"}", "Not A Name");
    bad(path + "/vpns", "{\"name\":[]}", "'name'");
    bad(path + "/vpns", "{}", "'name' is missing");
    bad(path + "/vpns", "[]", "");
    bad(path + "/vpns", "null", "null");
    bad(path + "/vpns", "{\"name\":\"a\"", "not JSON, at line 1");
    bad(path + "/vpns", "{\"name\":\"a\"} {}", "");
    bad(path + "/nodes", "{\"name\":\"..\"}", "..");
    bad(path + "/nodes/n/tokens", "{\"lifetimeSeconds\":0}", "'lifetimeSeconds'");
    bad(path + "/nodes/n/tokens", "{\"lifetimeSeconds\":99999999999}", "'lifetimeSeconds'");
    bad(path + "/nodes/n/tokens", "{\"lifetimeSeconds\":\"soon\"}", "'lifetimeSeconds'");
    bad("/api/v1/organizations", Json.object("name", "a", "displayName", TOO_LONG), "displayName");
    bad(path + "/vpns/v/rekey?wait=forever", "", "'wait'");
  }

  private static void bad(String path, String body, String fragment) {
    requireBad(operator.post(path, body), fragment);
  }

  private static void requireBad(Answer answer, String fragment) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().at("/detail").asText())
        .contains(fragment)
        .doesNotContain("io.culvert");
  }

  @Test
  void badPasswordsAndMembersAreNamed() {
    String path = organization();
    requireBad(
        operator.put(path + "/nodes/n/password", Json.object("password", AdminHouse.PASSWORD)),
        "'userName' is missing");
    requireBad(
        operator.put(
            path + "/nodes/n/password",
            Json.object("userName", TOO_LONG, "password", AdminHouse.PASSWORD)),
        "'userName'");
    requireBad(
        operator.put(path + "/nodes/n/password", Json.object("userName", "eve", "password", "x")),
        "a password has 10 to 1024 characters");
    requireBad(operator.put(path + "/vpns/v/members/n", Json.object("role", "king")), "hub, spoke");
    requireBad(operator.patch(path + "/vpns/v", "{}"), "'cipherSuite'");
    assertThat(operator.put(path + "/vpns/v/members/nosuch", "{}").status()).isEqualTo(404);
    requireBad(operator.send("POST", path + "/vpns/v/rekey", null, Map.of(KEY, TOO_LONG)), KEY);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    Answer answer = operator.post("/api/v1/organizations", Json.object("name", "x".repeat(70_000)));
    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void whatIsNotThereIsAProblemDocument() {
    Answer answer = operator.raw("GET", "/api/v1/nothing");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().at("/code").asText()).isEqualTo("no-such-resource");
    assertThat(operator.get("/api/v1/organizations/nowhere").status()).isEqualTo(404);
    assertThat(operator.get("/api/v1/organizations/nowhere/vpns/v").status()).isEqualTo(404);
  }

  @Test
  void theClusterOfOneIsListed() {
    Answer servers = operator.get("/api/v1/servers");
    assertThat(servers.json()).hasSize(1);
    assertThat(servers.json().at("/0/status").asText()).isEqualTo("up");
    assertThat(servers.json().at("/0/name").asText()).isEqualTo("server1");
    assertThat(servers.json().at("/0/version").asText()).isEqualTo("tested");
    assertThat(servers.json().at("/0/agents").asInt()).isEqualTo(3);
  }

  @Test
  void drainsTheLastServerOnlyByForce() {
    Answer refused = operator.post("/api/v1/servers/server1/drain", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().at("/code").asText()).isEqualTo("last-server");
    assertThat(operator.post("/api/v1/servers/nobody/drain", "").status()).isEqualTo(404);

    assertThat(operator.post("/api/v1/servers/server1/drain?force=true", "").status())
        .isEqualTo(202);

    assertThat(operator.get("/api/v1/servers").json().at("/0/draining").asBoolean()).isTrue();
  }
}
