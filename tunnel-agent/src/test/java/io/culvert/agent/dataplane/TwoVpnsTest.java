package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.testnet.PacketRouter;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes that share two VPNs: 10.0.red.x and 10.0.blue.x, with keys of their own. */
class TwoVpnsTest {
  private static final int RED = 1;
  private static final int BLUE = 2;

  @RegisterExtension final PacketRouter router = new PacketRouter(3);
  private final Node a = Node.open(1, router);
  private final Node b = Node.open(2, router);
  private final long[] now = {0};
  private final SteppedEngine left = new SteppedEngine(a, now);
  private final SteppedEngine right = new SteppedEngine(b, now);

  TwoVpnsTest() {
    left.configure(new TunnelConfiguration(List.of(peer(a, b, RED), peer(a, b, BLUE))));
    right.configure(new TunnelConfiguration(List.of(peer(b, a, BLUE), peer(b, a, RED))));
    step();
  }

  @Test
  void eachCarriesItsOwnPackets() {
    byte[] red = Packets.udp(address(RED, a), address(RED, b), new byte[] {1});
    byte[] blue = Packets.udp(address(BLUE, a), address(BLUE, b), new byte[] {2});
    a.tun.inject(red);
    a.tun.inject(blue);
    step();
    assertThat(b.tun.pollFrame()).isEqualTo(Packets.frame(red));
    assertThat(b.tun.pollFrame()).isEqualTo(Packets.frame(blue));
    assertThat(right.statistics().peers())
        .allSatisfy(peer -> assertThat(peer.inboundBytes()).isEqualTo(29));
  }

  @Test
  void nothingCrossesFromOneIntoTheOther() {
    a.tun.inject(Packets.udp(address(RED, a), address(BLUE, b), new byte[] {3}));
    step();
    assertThat(left.drops(DropReason.NO_POLICY)).isEqualTo(1);
    assertThat(b.tun.pollFrame()).isNull();
  }

  @Test
  void leavingOneDoesNotTouchTheOther() {
    right.configure(new TunnelConfiguration(List.of(peer(b, a, BLUE))));
    byte[] blue = Packets.udp(address(BLUE, a), address(BLUE, b), new byte[] {4});
    a.tun.inject(Packets.udp(address(RED, a), address(RED, b), new byte[] {5}));
    a.tun.inject(blue);
    step();
    assertThat(right.drops(DropReason.UNKNOWN_SPI)).isEqualTo(1);
    assertThat(b.tun.pollFrame()).isEqualTo(Packets.frame(blue));
    assertThat(b.tun.pollFrame()).isNull();
  }

  private void step() {
    while (left.step() + right.step() > 0) {
      now[0]++;
    }
  }

  private static TunnelConfiguration.Peer peer(Node self, Node other, int vpn) {
    return new TunnelConfiguration.Peer(
        "org/vpn" + vpn,
        "org/node" + other.number,
        List.of(address(vpn, self)),
        List.of(address(vpn, other)),
        List.of(other.endpoint()),
        false,
        new TunnelConfiguration.PairSecurityAssociations(
            "identity-" + vpn,
            Node.SUITE,
            spi(other, vpn),
            spi(self, vpn),
            () -> new KeyMaterialPair(key(self, vpn), key(other, vpn))));
  }

  private static int spi(Node receiver, int vpn) {
    return 0x8000_0000 | vpn << 24 | receiver.number << 4;
  }

  private static KeyMaterial key(Node sender, int vpn) {
    byte[] bytes = new byte[Node.SUITE.keyMaterialBytes()];
    Arrays.fill(bytes, (byte) (16 * vpn + sender.number));
    return KeyMaterial.adopt(bytes);
  }

  private static InetAddress address(int vpn, Node node) {
    return Node.address(new byte[] {10, 0, (byte) vpn, (byte) node.number});
  }
}
