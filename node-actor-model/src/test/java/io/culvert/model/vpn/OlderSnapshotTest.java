package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.EntityTestKits;
import java.io.IOException;
import java.time.Instant;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Snapshots and feeds' states of servers that knew less are read. */
class OlderSnapshotTest {
  private static final Instant AT = Instant.parse("2026-11-25T06:00:00Z");
  private static final ActorTestKit ACTORS = EntityTestKits.start();
  private static final Serialization SERIALIZATION = SerializationExtension.get(ACTORS.system());

  @AfterAll
  static void stop() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void aVpnFromBeforeLegacyPermissionsHasNone() throws IOException {
    VpnLedger before =
        VpnLedger.absent(new VpnId("acme", "office"))
            .apply(
                new VpnEvent.VpnCreated(
                    "r1",
                    new VpnSettings(
                        CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.0.0.0/24", "fd00::/64"),
                    AT));
    VpnLedger allowed = before.apply(new VpnEvent.LegacyPermissionChanged("r2", true, AT));
    assertThat(allowed.state().legacyAllowed()).isTrue();
    assertThat(read(allowed, tree(allowed))).isEqualTo(allowed);

    JsonNode older = tree(before);
    ObjectNode state = (ObjectNode) older.required("state");
    assertThat(state.remove("legacyAllowed").asBoolean()).isFalse();
    assertThat(read(before, older)).isEqualTo(before);
  }

  private static JsonNode tree(VpnLedger ledger) throws IOException {
    return new CBORMapper().readTree(SERIALIZATION.serialize(ledger).get());
  }

  private static Object read(VpnLedger like, JsonNode tree) throws IOException {
    var serializer = SERIALIZATION.findSerializerFor(like);
    return SERIALIZATION
        .deserialize(
            new CBORMapper().writeValueAsBytes(tree),
            serializer.identifier(),
            Serializers.manifestFor(serializer, like))
        .get();
  }
}
