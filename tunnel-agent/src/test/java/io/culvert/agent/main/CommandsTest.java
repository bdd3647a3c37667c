package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.control.AgentState;
import io.culvert.agent.control.AgentStatus;
import io.culvert.agent.dataplane.DropReason;
import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.enrolment.StateSeal;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.localapi.LocalServer;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.tun.TunOffloads;
import io.culvert.agent.view.Views;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.CipherSuite;
import io.culvert.protocol.v1.VpnView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands that ask, over a real socket, of an agent with one VPN and two peers. */
class CommandsTest {
  private static final StateSeal SEAL = Seals.fresh("acme/laptop");

  private static final EngineStatistics.Worker WORKER =
      new EngineStatistics.Worker(7, 700, 6, 10, 4, 0);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path directory;
  private final LocalServer server;
  private final StateDirectory state;
  private volatile AgentStatus current = status();

  CommandsTest(@TempDir Path directory) {
    this.directory = directory;
    state = new StateDirectory(directory);
    server =
        LocalServer.start(
            directory.resolve("agent.sock"),
            (command, request) ->
                switch (command) {
                  case "status" ->
                      StatusReport.of(
                          current, statistics(), LastViews.load(state, SEAL, ignored -> {}));
                  case "ping" -> PeerPing.ping(status(), request.path("node").asText(), 1);
                  default -> throw new IllegalArgumentException("not here");
                });
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static AgentStatus status() {
    return status(Duration.ZERO, null);
  }

  private static AgentStatus status(Duration pullInterval, @Nullable Instant pulledAt) {
    return status(Views.vpn(1, 1), pullInterval, pulledAt);
  }

  private static AgentStatus status(
      VpnView vpn, Duration pullInterval, @Nullable Instant pulledAt) {
    VpnReplica replica =
        VpnReplica.of(
            Views.snapshot(1)
                .setVpn(vpn)
                .setRevision(8)
                .addPeers(Views.online(Views.member("acme/p1", 1, 2), new byte[32]))
                .addPeers(Views.offline(Views.member("acme/p2", 1, 3)))
                .build(),
            null);
    return new AgentStatus(
        "acme/own",
        AgentState.LINKED,
        Instant.parse("2025-11-25T06:00:00.140Z"),
        "198.18.2.2:443",
        1,
        "",
        List.of(replica),
        Map.of(
            "acme/vpn1",
            new AgentStatus.AppliedRevision(8, Instant.parse("2026-11-25T06:00:00.130Z"))),
        pullInterval,
        pulledAt);
  }

  private static EngineStatistics statistics() {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      drops.put(reason, 0L);
    }
    drops.put(DropReason.UNKNOWN_SPI, 4L);
    return new EngineStatistics(
        List.of(
            new EngineStatistics.Peer(
                "acme/vpn1",
                "acme/p1",
                Endpoint.of(new byte[] {(byte) 198, 18, 12, 2}, 4500),
                "ab",
                EspTransform.AES_256_GCM_16,
                1,
                2,
                3,
                4,
                5_000_000,
                125_000_000_000L,
                false,
                false)),
        drops,
        WORKER,
        WORKER,
        "JDK",
        new EngineStatistics.Offloads(new TunOffloads(true, true, true, false), false),
        true);
  }

  private int run(String... arguments) {
    CommandLine commands = AgentCommand.commandLine();
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }

  private int ask(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--state";
    all[arguments.length + 1] = directory.toString();
    return run(all);
  }

  @Test
  void statusShowsNodeServerAndVpn() {
    assertThat(ask("status")).isZero();
    assertThat(out.toString())
        .containsPattern("state   linked since 20\\S+ \\S+ \\(\\d+ d\\), server 198.18.2.2:443")
        .contains("acme/own", "revision 8", "AES_256_GCM")
        .contains("10.1.0.1", "peers 1 of 2 online", "JDK")
        .doesNotContain("dropped");
  }

  @Test
  void statusShowsHowTheAgentAsksForChanges() {
    assertThat(ask("status")).isZero();
    assertThat(out.toString()).doesNotContain("pull");

    current = status(Duration.ofSeconds(90), Instant.parse("2025-11-25T06:00:00.140Z"));
    assertThat(ask("status")).isZero();
    assertThat(out.toString()).containsPattern("pull +every 90 s, last 2025-11-25 ");
  }

  @Test
  void statusWarnsOfALegacyCipher() {
    assertThat(ask("status")).isZero();
    assertThat(out.toString()).doesNotContain("warning");

    VpnView legacy =
        Views.vpn(1, 1).toBuilder().setCipherSuite(CipherSuite.TRIPLE_DES_CBC_HMAC_SHA256).build();
    current = status(legacy, Duration.ZERO, null);
    assertThat(ask("status")).isZero();
    assertThat(out.toString()).containsPattern("warning: legacy cipher .*1 GiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "25h", "1", "5x", "-3s", "1.5s", "86401s"})
  void upRefusesIntervalsThatAreNone(String interval) {
    assertThat(run("up", "--pull", interval)).isEqualTo(2);
    assertThat(err.toString()).contains("--pull", interval);
  }

  @Test
  void statusShowsCountersAndDropsWhenAskedFor() {
    assertThat(ask("status", "--verbose")).isZero();
    assertThat(out.toString())
        .contains(
            "outbound  7 packets, 700 bytes, 6 frames, 10 datagrams in 4 batches (mean 2.5)",
            "dropped   UNKNOWN_SPI 4",
            "peer    acme/p1 in acme/vpn1  198.18.12.2:4500  AES_256_GCM_16  keys 2 min  heard 0 s ago",
            "sent 1 packets, 2 bytes; received 3 packets, 4 bytes",
            "peer    acme/p2 in acme/vpn1  -  -  keys none  heard never")
        .doesNotContain("TRUNCATED");
  }

  @Test
  void statusIsOneJsonValueAsDocumented() throws JsonProcessingException {
    assertThat(ask("status", "--json")).isZero();
    var status = new ObjectMapper().readTree(out.toString());
    assertThat(status.path("node").asText()).isEqualTo("acme/own");
    assertThat(status.path("state").asText()).isEqualTo("linked");
    assertThat(status.path("since").asText()).isEqualTo("2025-11-25T06:00:00.140Z");
    assertThat(status.path("links").asInt()).isEqualTo(1);
    var vpn = status.path("vpns").path(0);
    assertThat(vpn.path("revision").asInt()).isEqualTo(8);
    assertThat(vpn.path("appliedAt").asText()).isEqualTo("2026-11-25T06:00:00.130Z");
    assertThat(vpn.at("/peers/0/node").asText()).isEqualTo("acme/p1");
    assertThat(vpn.at("/peers/0/endpoint").asText()).isEqualTo("198.18.12.2:4500");
    assertThat(vpn.at("/peers/0/transform").asText()).isEqualTo("AES_256_GCM_16");
    assertThat(vpn.at("/peers/1/online").asBoolean()).isFalse();
    assertThat(vpn.at("/peers/0/keysMillisAgo").asInt()).isEqualTo(125_000);
    assertThat(vpn.at("/peers/1/keysMillisAgo").asInt()).isEqualTo(-1);
    assertThat(status.at("/engine/drops/UNKNOWN_SPI").asInt()).isEqualTo(4);
    assertThat(status.at("/engine/inbound/meanBatchDatagrams").asDouble()).isEqualTo(2.5);
  }

  @Test
  void topPrintsBlocksForScripts() {
    assertThat(ask("top", "--count", "2")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(2 * 7 + 1);
    assertThat(lines.get(0)).isEqualTo("acme/own  linked  server 198.18.2.2:443");
    assertThat(lines.get(1)).startsWith("out 0 B/s, 0 packets/s, batch 0.0   in 0 B/s");
    assertThat(lines.get(5)).startsWith("acme/p1").contains("198.18.12.2:4500", "2 min");
    assertThat(lines.get(6)).startsWith("acme/p2").contains(" - ");
    assertThat(lines.get(7)).isEmpty();
    assertThat(lines.get(8)).isEqualTo(lines.get(0));
  }

  @Test
  void peersIsATable() {
    assertThat(ask("peers")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("VPN", "PEER", "STATE", "ENDPOINT");
    assertThat(lines.get(1)).contains("acme/p1", "online", "10.1.0.2", "198.18.12.2:4500");
    assertThat(lines.get(2)).contains("acme/p2", "offline", "10.1.0.3");
  }

  @Test
  void peersShowsWhatAnEarlierRunKnewWhileNoServerAnswers() {
    LastViews.save(state, SEAL, status().replicas());
    current =
        new AgentStatus(
            "acme/own",
            AgentState.OFFLINE,
            Instant.EPOCH,
            "",
            0,
            "no route",
            List.of(),
            Map.of(),
            Duration.ZERO,
            null);
    assertThat(ask("peers")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(1)).contains("acme/p1", "stale", "10.1.0.2");
    assertThat(lines.get(3)).startsWith("acme/vpn1: no server has answered").contains("as of 20");
  }

  @Test
  void pingOfAStrangerSaysWhoThePeersAre() {
    assertThat(ask("ping", "nobody")).isEqualTo(1);
    assertThat(err.toString())
        .contains("'nobody' is no peer of this node; 'culvert agent peers' lists them");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "peers", "top", "down"})
  void sayInOneSentenceThatNoAgentRuns(String command) {
    assertThat(run(command, "--state", directory.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("no agent runs", "culvert agent up");
  }

  @Test
  void upRefusesGarbageAsATokenWithoutRepeatingIt() {
    String state = directory.resolve("fresh").toString();
    assertThat(run("up", "--token", "culvert1.s3cr3t!", "--state", state)).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("token is damaged").doesNotContain("s3cr3t");
  }

  @Test
  void upSaysWhatItNeedsOnANewComputer() {
    assertThat(run("up", "--state", directory.resolve("fresh").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("is not enrolled", "--token");
  }

  @Test
  void wrongUsageIsStatusTwo() {
    assertThat(run("ping")).isEqualTo(2);
    assertThat(run("status", "--nonsense")).isEqualTo(2);
    assertThat(run("up", "--port", "x")).isEqualTo(2);
    assertThat(run("up", "--metrics-port", "0")).isEqualTo(2);
    assertThat(run("up", "--metrics-port", "65536")).isEqualTo(2);
    assertThat(run("top", "--count", "0")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "status", "peers", "ping", "top", "capture", "down"})
  void helpShowsExamples(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "culvert agent " + command);
  }
}
