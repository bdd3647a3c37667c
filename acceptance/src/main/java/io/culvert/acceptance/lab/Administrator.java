package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ./culvert admin}, typed by an administrator at one host of the laboratory. */
public final class Administrator {
  private final LabHost host;
  private final Path session;
  private final Map<String, String> environment;

  /**
   * An administrator at a keyboard.
   *
   * @param host where the commands run
   * @param session the file that keeps who is logged on
   */
  Administrator(LabHost host, Path session) {
    this.host = host;
    this.session = session;
    this.environment = Map.of("CULVERT_ADMIN_SESSION", session.toString());
  }

  /**
   * A change that the server has accepted.
   *
   * @param revision of the VPN
   * @param acceptedAt by this machine's clock
   */
  public record Change(long revision, Instant acceptedAt) {}

  /** Types one command and gives its outcome, good or bad. */
  public Outcome type(String... words) {
    return type(Arrays.asList(words), null);
  }

  /**
   * Types one command.
   *
   * @param input what it reads from its standard input, null for nothing
   */
  public Outcome type(List<String> words, @Nullable String input) {
    List<String> arguments = new ArrayList<>(List.of("admin"));
    arguments.addAll(words);
    return host.culvert(arguments, environment, input);
  }

  /** The admin API with this login, for scripts. */
  public AdminScript script() {
    return new AdminScript(host, session);
  }

  /** Makes an organization. */
  public void createOrganization(String organization) {
    type("organization", "create", organization).orFail();
  }

  /** Makes a VPN with AES-256-GCM, a full mesh, and pools that the server chooses. */
  public void createVpn(String vpn) {
    type("vpn", "create", vpn).orFail();
  }

  /** Makes a node. */
  public void createNode(String node) {
    type("node", "create", node).orFail();
  }

  /** Makes a one-time enrolment token for a node; its text. */
  public String issueToken(String node) {
    return type("token", "create", node, "--json").json().at("/token").asText();
  }

  /** Makes a node a member. */
  public Change admit(String vpn, String node) {
    return change("member", "add", vpn, node);
  }

  /** Ends a membership. */
  public Change remove(String vpn, String node) {
    return change("member", "remove", vpn, node);
  }

  /** Selects another cipher suite. */
  public Change setCipher(String vpn, String cipher) {
    return change("vpn", "set", vpn, "--cipher", cipher);
  }

  private Change change(String... words) {
    List<String> withJson = new ArrayList<>(Arrays.asList(words));
    withJson.add("--json");
    JsonNode reply = type(withJson, null).json();
    return new Change(
        reply.at("/revision").asLong(), Instant.parse(reply.at("/acceptedAt").asText()));
  }
}
