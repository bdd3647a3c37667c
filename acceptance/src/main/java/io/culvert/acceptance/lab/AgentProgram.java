package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ./culvert agent} of one node: the program that runs, and the commands that ask it. */
public final class AgentProgram implements AutoCloseable {
  private static final Pattern STATE =
      Pattern.compile("(?m)^(linked \\d+ ms|offline|displaced|revoked)$");
  private static final Duration LINK_LIMIT = Duration.ofSeconds(30);

  private final LabHost host;
  private final String nodeId;
  private final Path directory;
  private @Nullable String token;
  private @Nullable BackgroundProgram program;
  private int starts;
  private int links;

  /**
   * An agent that does not run yet.
   *
   * @param host where it will
   * @param nodeId {@code organization/name}
   */
  public AgentProgram(LabHost host, String nodeId) {
    this(host, nodeId, host.directory("agent-" + nodeId.replace('/', '-')));
  }

  private AgentProgram(LabHost host, String nodeId, Path directory) {
    this.host = host;
    this.nodeId = nodeId;
    this.directory = directory;
  }

  /**
   * How long after its start the agent was in the states of the seed's figure 2, in milliseconds.
   */
  public record Milestones(
      long connectedMillis, long authenticatedMillis, long synchronizedMillis, long linkedMillis) {
    @Override
    public String toString() {
      return "connected %d ms, authenticated %d ms, synchronized %d ms, linked %d ms"
          .formatted(connectedMillis, authenticatedMillis, synchronizedMillis, linkedMillis);
    }
  }

  /** The node that it is the agent of. */
  public String nodeId() {
    return nodeId;
  }

  /** Its state directory. */
  public Path directory() {
    return directory;
  }

  /** An agent at another host with a copy of this one's key, certificate and memory. */
  public AgentProgram copiedTo(LabHost other) {
    Path copy = other.directory("%s-at-%s".formatted(directory.getFileName(), other.name()));
    try (var files = Files.list(directory)) {
      Files.createDirectories(copy);
      for (Path file : files.filter(name -> !isOfTheProcess(name)).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new AgentProgram(other, nodeId, copy);
  }

  /** The lock and the socket. */
  private static boolean isOfTheProcess(Path file) {
    return file.getFileName().toString().startsWith("agent.");
  }

  /** Enrols with this token when it is started next. */
  public void useToken(String enrolmentToken) {
    token = enrolmentToken;
  }

  /**
   * Starts it, without waiting.
   *
   * @param more options of {@code agent up}
   */
  public void up(String... more) {
    starts++;
    links = 0;
    List<String> arguments = new ArrayList<>(List.of("agent", "up"));
    arguments.addAll(options());
    arguments.addAll(List.of(more));
    if (token != null) {
      arguments.addAll(List.of("--token", token));
      token = null;
    }
    program = host.startCulvert("%s-%d".formatted(directory.getFileName(), starts), arguments);
  }

  private List<String> options() {
    return List.of("--state", directory.toString());
  }

  /** Asks the running agent. */
  public Outcome ask(String... words) {
    List<String> arguments = new ArrayList<>(List.of("agent"));
    arguments.addAll(List.of(words));
    arguments.addAll(options());
    return host.culvert(arguments, Map.of(), null);
  }

  /** What {@code agent status --json} says. */
  public JsonNode status() {
    return ask("status", "--json").json();
  }

  /** Waits until it is linked for the first time since it was started. */
  public Milestones awaitLinked() {
    var _ = running().awaitOutput(reached("linked"), LINK_LIMIT);
    links = Math.max(links, 1);
    return new Milestones(
        millis("connected"), millis("authenticated"), millis("synchronized"), millis("linked"));
  }

  private long millis(String state) {
    return Long.parseLong(running().awaitOutput(reached(state), LINK_LIMIT).group("millis"));
  }

  private static Pattern reached(String state) {
    return Pattern.compile("(?m)^%s (?<millis>\\d+) ms$".formatted(state));
  }

  /**
   * Waits until it is linked once more than it was when this was last called; told by its own
   * lines, since asking it again and again would take the processors from the programs that are
   * waited for.
   */
  public void awaitLinkedAgain() {
    links =
        Await.value(
            nodeId + " to be linked again",
            LINK_LIMIT,
            () -> {
              List<String> states =
                  STATE.matcher(running().output()).results().map(MatchResult::group).toList();
              int now = (int) states.stream().filter(state -> state.startsWith("linked ")).count();
              boolean again = now > links && states.getLast().startsWith("linked ");
              return again ? Optional.of(now) : Optional.empty();
            });
  }

  /** What its status says of a VPN; missing if it is no member. */
  private JsonNode vpn(String vpn) {
    for (JsonNode one : status().at("/vpns")) {
      if (one.at("/vpn").asText().equals(vpn)) {
        return one;
      }
    }
    return MissingNode.getInstance();
  }

  /** The revision of a VPN that its engine has; 0 if none. */
  public long revision(String vpn) {
    return vpn(vpn).at("/revision").asLong();
  }

  /** Its virtual addresses in a VPN, IPv4 first. */
  public List<String> virtualAddresses(String vpn) {
    List<String> addresses = new ArrayList<>();
    vpn(vpn).at("/addresses").forEach(address -> addresses.add(address.asText()));
    return addresses;
  }

  /** Waits until it is in a state, as {@code agent status} names it. */
  public void awaitState(String state) {
    Await.until(
        "%s to be %s".formatted(nodeId, state),
        LINK_LIMIT,
        () -> status().at("/state").asText().equals(state));
  }

  /** Waits until it has applied a change; how long after the acceptance that was. */
  public Duration awaitApplied(String vpn, Administrator.Change change) {
    return Objects.requireNonNull(awaitAllApplied(Map.of(vpn, change)).get(vpn));
  }

  /**
   * Waits until it has applied a change in each of some VPNs, asking for all of them at once.
   *
   * @param changes by VPN
   * @return how long after its acceptance each was applied, by VPN
   */
  public Map<String, Duration> awaitAllApplied(Map<String, Administrator.Change> changes) {
    return Await.value(
        "%s to apply %s".formatted(nodeId, changes),
        LINK_LIMIT,
        () -> {
          Map<String, Duration> delays = new HashMap<>();
          for (JsonNode view : status().at("/vpns")) {
            String vpn = view.at("/vpn").asText();
            Administrator.Change change = changes.get(vpn);
            if (change != null && view.at("/revision").asLong() >= change.revision()) {
              Instant appliedAt = Instant.parse(view.at("/appliedAt").asText());
              delays.put(vpn, Duration.between(change.acceptedAt(), appliedAt));
            }
          }
          return delays.size() == changes.size() ? Optional.of(delays) : Optional.empty();
        });
  }

  /** Waits until all its online peers in a VPN have settled on a transform. */
  public void awaitTransform(String vpn, String transform, Duration limit) {
    Await.until(
        "%s to use %s with all its peers".formatted(nodeId, transform),
        limit,
        () -> {
          JsonNode peers = vpn(vpn).at("/peers");
          return !peers.isEmpty()
              && peers
                  .valueStream()
                  .filter(peer -> peer.at("/online").asBoolean())
                  .allMatch(
                      peer ->
                          peer.at("/transform").asText().equals(transform)
                              && !peer.at("/rekeying").asBoolean());
        });
  }

  /** Waits until it knows that it is no member any more. */
  public void awaitLeft(String vpn, Duration limit) {
    Await.until("%s to leave %s".formatted(nodeId, vpn), limit, () -> vpn(vpn).isMissingNode());
  }

  /** Packets from the outer network that it did not accept because no association has their SPI. */
  public long refusedPackets() {
    return status().at("/engine/drops/UNKNOWN_SPI").asLong();
  }

  /** What its engine's workers have counted. */
  public EngineCounters engineCounters() {
    return EngineCounters.of(status().at("/engine"));
  }

  /** What it has printed since its last start. */
  public String output() {
    return running().output();
  }

  /** Ends it (SIGTERM) and waits. */
  public void terminate() {
    running().terminate();
  }

  /** Its process. */
  public BackgroundProgram running() {
    if (program == null) {
      throw new LabException("the agent of " + nodeId + " was not started");
    }
    return program;
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }
}
