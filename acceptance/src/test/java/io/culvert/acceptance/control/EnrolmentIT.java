package io.culvert.acceptance.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.LabExtension;
import io.culvert.acceptance.lab.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused at the border, by the commands that people type, and that nothing is lost. */
class EnrolmentIT {
  private static final String PREFIX = "culvert1.";
  private static final String PASSWORD = "a password of some length";
  private static final String SPENT = "was used already, has expired, or was never made";

  /** Counted from the end of a token's bytes: the pin of the CA is the last field, of 32 bytes. */
  private static final int IN_PIN = 1;

  /** The secret is the field before; the pin has 2 bytes of tag and length. */
  private static final int IN_SECRET = 32 + 2 + 1;

  @RegisterExtension static final LabExtension lab = new LabExtension("enrolment");

  private static int directories;

  @BeforeAll
  static void makeAnOrganization() {
    lab.administrator().createOrganization("acme");
    lab.administrator().createVpn("acme/office");
  }

  private static Path freshDirectory() {
    return lab.host("ext").directory("fresh-" + directories++);
  }

  /** Runs {@code agent up} to its end, which must be a refusal, as people should see one. */
  private static String refusal(Path state, @Nullable String input, String... options) {
    Map<String, String> before = contents(state);
    List<String> command =
        new ArrayList<>(List.of("agent", "up", "--state", state.toString(), "--port", "0"));
    command.addAll(Arrays.asList(options));
    Outcome outcome = lab.host("ext").culvert(command, Map.of(), input);
    assertThat(outcome.exitStatus()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.errors())
        .startsWith("culvert agent: ")
        .doesNotContain("Exception", "\tat ", PASSWORD)
        .hasLineCount(outcome.errors().contains("no server could") ? 2 : 1);
    assertThat(contents(state)).isEqualTo(before);
    return outcome.errors();
  }

  private static String refusalOf(String token, Path state) {
    return refusal(state, null, "--token", token);
  }

  /** The files of a state directory but the lock, which is empty. */
  private static Map<String, String> contents(Path state) {
    Map<String, String> contents = new TreeMap<>();
    if (Files.exists(state)) {
      try (var files = Files.list(state)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          contents.put(
              file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    contents.remove("agent.lock");
    return contents;
  }

  /** A node of the VPN and an agent that has its token and does not run. */
  private static AgentProgram member(String host, String nodeId) {
    Administrator administrator = lab.administrator();
    administrator.createNode(nodeId);
    var _ = administrator.admit("acme/office", nodeId);
    return new AgentProgram(lab.host(host), nodeId);
  }

  private static void linkWith(AgentProgram agent, String token) {
    agent.useToken(token);
    agent.up();
    var _ = agent.awaitLinked();
  }

  // ---- tokens ----

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "culvert1.", "culvert1.!!!!", "culvert1.AAAA"})
  void garbageIsNoToken(String garbage) {
    assertThat(refusalOf(garbage, freshDirectory())).contains("token");
  }

  @Test
  void aFileThatHoldsNoTokenIsRefusedWhateverItsSize() throws IOException {
    Path file = lab.host("ext").directory("token-file");
    Files.writeString(file, PREFIX + "A".repeat(4 << 20));
    assertThat(refusal(freshDirectory(), null, "--token-file", file.toString()))
        .contains("the enrolment token is damaged; copy it again");
    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1});
    assertThat(refusal(freshDirectory(), null, "--token-file", file.toString()))
        .contains("cannot read the token file");
  }

  @Test
  void aDamagedTokenIsRefusedAndTheWholeOneIsStillGood() {
    try (AgentProgram agent = member("p1", "acme/damaged")) {
      String token = lab.administrator().issueToken("acme/damaged");
      Path state = freshDirectory();
      assertThat(refusalOf(token.substring(0, token.length() / 2), state))
          .contains("the enrolment token is damaged; copy it again");
      assertThat(refusalOf(altered(token, IN_SECRET), state)).contains(SPENT);
      assertThat(refusalOf(altered(token, IN_PIN), state))
          .contains("198.18.2.2:443: the server does not belong to the cluster whose CA");

      linkWith(agent, token);
    }
  }

  private static String altered(String token, int fromEnd) {
    byte[] bytes = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
    bytes[bytes.length - fromEnd] ^= 1;
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Test
  void aTokenThatHasExpiredIsRefused() {
    lab.administrator().createNode("acme/late");
    JsonNode made =
        lab.administrator()
            .type("token", "create", "acme/late", "--lifetime", "1s", "--json")
            .json();
    Instant expiresAt = Instant.parse(made.at("/expiresAt").asText());
    Await.until(
        "the token to expire", Duration.ofSeconds(5), () -> Instant.now().isAfter(expiresAt));
    assertThat(refusalOf(made.at("/token").asText(), freshDirectory())).contains(SPENT);
  }

  @Test
  void aTokenEnrolsOnceAndItsOwnerIsNotDisturbed() {
    try (AgentProgram agent = member("p1", "acme/once")) {
      String token = lab.administrator().issueToken("acme/once");
      linkWith(agent, token);
      // The agent that runs writes to its directory too, some seconds after it is linked.
      Path lastViews = agent.directory().resolve("last-views.bin");
      Await.until("the agent's last views", Duration.ofSeconds(20), () -> Files.exists(lastViews));

      assertThat(refusalOf(token, freshDirectory())).contains(SPENT);
      assertThat(refusalOf(token, agent.directory())).contains("an agent runs already");

      assertThat(agent.status().at("/state").asText()).isEqualTo("linked");
      assertThat(agent.status().at("/links").asInt()).isEqualTo(1);
    }
  }

  // ---- passwords ----

  @Test
  void whoDoesNotKnowThePasswordLearnsNothing() {
    lab.administrator().createNode("acme/bare");
    lab.administrator()
        .type(
            List.of("node", "create", "acme/secretive", "--user", "eve", "--password-stdin"),
            PASSWORD + "\n")
        .orFail();
    Path state = freshDirectory();
    Set<String> texts = new HashSet<>();
    texts.add(byPassword(state, "acme/secretive", "eve", "another password"));
    texts.add(byPassword(state, "acme/secretive", "bob", PASSWORD));
    texts.add(byPassword(state, "acme/bare", "eve", PASSWORD));
    texts.add(byPassword(state, "acme/nobody", "eve", PASSWORD));
    texts.add(byPassword(state, "nowhere/nobody", "eve", PASSWORD));
    assertThat(texts)
        .singleElement()
        .asString()
        .contains("the node, the user name, the password or the certificate is not valid");
  }

  private static String byPassword(Path state, String node, String user, String password) {
    return refusal(
        state,
        password + "\n",
        "--server",
        "198.18.2.2:443",
        "--node",
        node,
        "--ca",
        lab.server().authority().toString(),
        "--user",
        user,
        "--password-stdin");
  }

  // ---- the state directory ----

  @Test
  void anAgentWithACopyOfTheStateDirectoryDisplacesTheFirstWhichSaysSo() {
    try (AgentProgram first = member("pub", "acme/twice")) {
      linkWith(first, lab.administrator().issueToken("acme/twice"));
      assertThat(lab.host("pub").run("ip", "-o", "addr", "show", "culvert0").output())
          .contains("inet ");
      try (AgentProgram copy = first.copiedTo(lab.host("p2"))) {
        copy.up();
        var _ = copy.awaitLinked();

        first.awaitState("displaced");
        assertThat(first.status().at("/lastError").asText())
            .contains("another agent has logged on as this node");
        assertThat(first.output()).contains("\ndisplaced\n", "another agent has logged on");
        assertThat(first.ask("status").orFail().output()).contains("displaced since ");
        assertThat(lab.host("pub").run("ip", "-o", "addr", "show", "culvert0").output())
            .doesNotContain("inet ");
        first.terminate();
        assertThat(first.running().exitStatus()).isEqualTo(128 + 15);
        assertThat(copy.status().at("/state").asText()).isEqualTo("linked");
        assertThat(copy.status().at("/links").asInt()).isEqualTo(1);

        first.up();
        var _ = first.awaitLinked();
        copy.awaitState("displaced");
      }
    }
  }

  @Test
  void aDamagedStateDirectoryIsNamedAndADamagedMemoryIsPutAside() throws IOException {
    try (AgentProgram agent = member("p1", "acme/worn")) {
      linkWith(agent, lab.administrator().issueToken("acme/worn"));
      agent.terminate();

      Path certificate = agent.directory().resolve("node.pem");
      byte[] whole = Files.readAllBytes(certificate);
      Files.write(certificate, Arrays.copyOf(whole, whole.length / 2));
      assertThat(refusal(agent.directory(), null))
          .contains("the file %s is damaged".formatted(certificate), "enrol again");

      Files.write(certificate, whole);
      assertThat(refusalOf("nonsense", agent.directory())).contains("token");

      Path memory = agent.directory().resolve("last-views.bin");
      byte[] views = Files.readAllBytes(memory);
      assertThat(views).isNotEmpty();
      byte[] truncated = Arrays.copyOf(views, views.length - 1);
      Files.write(memory, truncated);
      agent.up();
      var _ = agent.awaitLinked();
      assertThat(agent.output()).containsOnlyOnce("%s is damaged".formatted(memory));
      assertThat(memory.resolveSibling("last-views.bin.damaged")).hasBinaryContent(truncated);
    }
  }
}
