package io.culvert.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.Role;
import io.culvert.server.pki.HkdfMasterKey;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PairSecretsTest {
  private static final VpnId VPN = VpnId.parse("acme/office");

  private final PairSecrets secrets = new PairSecrets(new HkdfMasterKey(masterKey()));

  @Test
  void equalsTheVectorOfAnIndependentImplementation() {
    // Python: prk = HMAC-SHA256(salt, master key); HMAC-SHA256(prk, info | 01), see RFC 5869.
    assertThat(secrets.secret(VPN, 3, member("acme/alpha", 2), member("acme/beta", 7)))
        .isEqualTo(
            HexFormat.of()
                .parseHex("fe09bbea7a9920532f8e7068b4e6631ad999d434de37cdb10a20e0b7b4f5ee73"));
  }

  @Test
  void isTheSameForBothEnds() {
    assertThat(secrets.secret(VPN, 3, member("acme/beta", 7), member("acme/alpha", 2)))
        .isEqualTo(secrets.secret(VPN, 3, member("acme/alpha", 2), member("acme/beta", 7)));
  }

  @Test
  void differsWithEachField() {
    assertThat(
            java.util.stream.Stream.of(
                    secrets.secret(VPN, 3, member("acme/alpha", 2), member("acme/beta", 7)),
                    secrets.secret(VPN, 4, member("acme/alpha", 2), member("acme/beta", 7)),
                    secrets.secret(VPN, 3, member("acme/alpha", 7), member("acme/beta", 2)),
                    secrets.secret(VPN, 3, member("acme/alpha", 2), member("acme/gamma", 7)),
                    secrets.secret(
                        VpnId.parse("acme/lab"),
                        3,
                        member("acme/alpha", 2),
                        member("acme/beta", 7)))
                .map(HexFormat.of()::formatHex))
        .doesNotHaveDuplicates();
  }

  private static Membership member(String node, long admittedRevision) {
    return new Membership(
        NodeId.parse(node),
        Role.SPOKE,
        1,
        admittedRevision,
        Inet4Address.ofLiteral("10.0.0.1"),
        (Inet6Address) InetAddress.ofLiteral("fd00::1"));
  }

  private static byte[] masterKey() {
    byte[] key = new byte[HkdfMasterKey.KEY_BYTES];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    return key;
  }
}
