package io.culvert.model.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.culvert.model.directory.DirectoryEvent;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeEvent;
import io.culvert.model.organization.OrganizationEvent;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnSettings;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event that was ever journalled must still be read. A golden file holds the serializer's
 * number, its manifest, and the CBOR bytes in hex, as they stand in a row of the journal.
 *
 * <p>A new event gets its file by running this test once with {@code -Dculvert.golden=write}.
 */
class GoldenEventsTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden");
  private static final Instant AT = Instant.parse("2026-11-25T06:00:00.123456Z");
  private static final NodeId NODE = new NodeId("acme", "ann");
  private static final VpnId VPN = new VpnId("acme", "office");

  private static final ActorTestKit ACTORS = EntityTestKits.start();
  private static final Serialization SERIALIZATION = SerializationExtension.get(ACTORS.system());

  @AfterAll
  static void stop() {
    ACTORS.shutdownTestKit();
  }

  static Stream<CborSerializable> events() {
    return Stream.of(
        new VpnEvent.VpnCreated(
            "r1",
            new VpnSettings(
                CipherSuite.AES_256_GCM,
                Topology.HUB_AND_SPOKE,
                "100.64.0.0/16",
                "fd00:0:0:0:0:0:0:0/64"),
            AT),
        new VpnEvent.NodeAdmitted(
            "r2",
            NODE,
            Role.HUB,
            7,
            (Inet4Address) InetAddress.ofLiteral("100.64.0.8"),
            (Inet6Address) InetAddress.ofLiteral("fd00::8"),
            AT),
        new VpnEvent.NodeRemoved("r3", NODE, AT),
        new VpnEvent.RoleChanged("r4", NODE, Role.SPOKE, AT),
        new VpnEvent.CipherSuiteChanged("r5", CipherSuite.AES_128_GCM, 2, AT),
        new VpnEvent.LegacyPermissionChanged("r5a", true, AT),
        new VpnEvent.TopologyChanged("r6", Topology.FULL_MESH, AT),
        new VpnEvent.SecretRenewed("r7", 3, AT),
        new VpnEvent.VpnDeleted("r8", AT),
        new VpnEvent.NodeInformed(NODE, 9, AT),
        new NodeEvent.NodeCreated("r1", AT),
        new NodeEvent.PasswordSet("r2", "ann", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", AT),
        new NodeEvent.TokenIssued("r3", "00ff", AT.plusSeconds(3600), AT),
        new NodeEvent.CertificateBound("r4", "ab12", "00ff", AT),
        new NodeEvent.NodeSuspended("r5", AT),
        new NodeEvent.NodeResumed("r6", AT),
        new NodeEvent.NodeDeleted("r7", AT),
        new NodeEvent.MembershipRecorded(VPN, true, 12, AT),
        new OrganizationEvent.OrganizationCreated("r1", "Acme Inc.", AT),
        new OrganizationEvent.VpnRegistered("r2", "office", "100.64.0.0/16", "fd00::/64", AT),
        new OrganizationEvent.VpnUnregistered("r3", "office", AT),
        new OrganizationEvent.NodeRegistered("r4", "ann", AT),
        new OrganizationEvent.NodeUnregistered("r5", "ann", AT),
        new OrganizationEvent.AdministratorSet("r6", "boss", "$argon2id$x", AT),
        new OrganizationEvent.AdministratorRemoved("r7", "boss", AT),
        new DirectoryEvent.OperatorSet("r1", "admin", "$argon2id$x", true, AT),
        new DirectoryEvent.OperatorRemoved("r2", "admin", AT),
        new DirectoryEvent.OrganizationRegistered("r3", "acme", AT));
  }

  @ParameterizedTest
  @MethodSource("events")
  void stillReadsAndWritesTheGoldenForm(CborSerializable event) throws IOException {
    Path file = DIRECTORY.resolve(wireName(event.getClass()) + ".txt");
    String written = encode(event);
    if ("write".equals(System.getProperty("culvert.golden"))) {
      Files.writeString(file, written);
    }
    List<String> golden = Files.readAllLines(file, StandardCharsets.UTF_8);
    Object read =
        SERIALIZATION
            .deserialize(
                HexFormat.of().parseHex(golden.get(2)),
                Integer.parseInt(golden.get(0)),
                golden.get(1))
            .get();
    assertThat(read).isEqualTo(event);
    assertThat(written).isEqualTo(String.join("\n", golden) + "\n");
  }

  private static String encode(CborSerializable event) {
    var serializer = SERIALIZATION.findSerializerFor(event);
    return "%d%n%s%n%s%n"
        .formatted(
            serializer.identifier(),
            Serializers.manifestFor(serializer, event),
            HexFormat.of().formatHex(SERIALIZATION.serialize(event).get()));
  }

  @Test
  void coversEveryEvent() {
    Set<Class<?>> covered = events().map(Object::getClass).collect(Collectors.toSet());
    Set<Class<?>> all =
        Stream.of(VpnEvent.class, NodeEvent.class, OrganizationEvent.class, DirectoryEvent.class)
            .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
            .collect(Collectors.toSet());
    assertThat(covered).isEqualTo(all);
  }

  private static String wireName(Class<?> event) {
    Class<?> family = event.getInterfaces()[0];
    String entity = family.getSimpleName().replace("Event", "").toLowerCase(Locale.ROOT);
    JsonSubTypes names = Objects.requireNonNull(family.getAnnotation(JsonSubTypes.class));
    return entity
        + "-"
        + Arrays.stream(names.value())
            .filter(type -> type.value() == event)
            .findFirst()
            .orElseThrow()
            .name();
  }
}
