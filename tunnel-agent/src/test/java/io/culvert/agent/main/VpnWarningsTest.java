package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.view.Views;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.CipherSuite;
import io.culvert.protocol.v1.VpnView;
import java.util.List;
import org.junit.jupiter.api.Test;

class VpnWarningsTest {
  @Test
  void saysNothingOfAnOrdinaryVpn() {
    assertThat(VpnWarnings.of(replica(vpn(CipherSuite.AES_256_GCM)), List.of(peer(false))))
        .isEmpty();
    assertThat(VpnWarnings.of(replica(vpn(CipherSuite.CHACHA20_POLY1305)), List.of())).isEmpty();
  }

  @Test
  void warnsOfALegacyCipher() {
    assertThat(VpnWarnings.of(replica(vpn(CipherSuite.TRIPLE_DES_CBC_HMAC_SHA256)), List.of()))
        .singleElement()
        .asString()
        .contains("legacy", "1 GiB");
  }

  @Test
  void warnsOfACipherThatItDoesNotKnow() {
    assertThat(
            VpnWarnings.of(
                replica(Views.vpn(1, 1).toBuilder().setCipherSuiteValue(99).build()), List.of()))
        .singleElement()
        .asString()
        .contains("number 99", "newer");
  }

  @Test
  void warnsOfKeysThatAreAlmostUsedUp() {
    assertThat(VpnWarnings.of(replica(vpn(CipherSuite.AES_256_GCM)), List.of(peer(true))))
        .singleElement()
        .asString()
        .contains("acme/p1", "vpn rekey acme/vpn1");
  }

  private static VpnView vpn(CipherSuite suite) {
    return Views.vpn(1, 1).toBuilder().setCipherSuite(suite).build();
  }

  private static VpnReplica replica(VpnView vpn) {
    return VpnReplica.of(Views.snapshot(1).setVpn(vpn).build(), null);
  }

  private static EngineStatistics.Peer peer(boolean rekeyWanted) {
    return new EngineStatistics.Peer(
        "acme/vpn1",
        "acme/p1",
        null,
        "ab",
        EspTransform.AES_256_GCM_16,
        0,
        0,
        0,
        0,
        -1,
        -1,
        false,
        rekeyWanted);
  }
}
