package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.esp.AeadTransform;
import io.culvert.agent.esp.EspPacket;
import io.culvert.agent.esp.EspSealer;
import io.culvert.agent.esp.JdkAead;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.sad.SaLimits;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.testnet.RoutedTransport;
import io.culvert.agent.transport.ReceivedBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever comes in from either side is carried or counted, and never anything else. */
class BadInputTest {
  @RegisterExtension final PacketRouter router = new PacketRouter(7);
  private final Node a = Node.open(1, router);
  private final Node b = Node.open(2, router);
  private final RoutedTransport stranger = router.transport(Node.endpoint(66, 4500), true);
  private final long[] now = {0};
  private final SteppedEngine engine = new SteppedEngine(a, now);
  private final AeadTransform peerKey = new JdkAead().create(Node.SUITE, Node.key(b, a, 1));
  private long nextSequence = 1;

  BadInputTest() {
    engine.configure(a.knowing(b, a.pair(b, 1), List.of()));
  }

  @Test
  void countsTruncatedDatagrams() {
    byte[] good = sealed(0x80, EspPacket.IPV4, inner());
    for (int length : new int[] {1, 2, 3, 4, 5, 20, 39}) {
      inject(Arrays.copyOf(good, length));
    }
    assertThat(engine.drops(DropReason.TRUNCATED)).isEqualTo(7);
    inject(Arrays.copyOf(good, good.length - 1));
    assertThat(engine.drops(DropReason.MALFORMED_OUTER)).isEqualTo(1);
    inject(Arrays.copyOf(good, good.length - 4));
    assertThat(engine.drops(DropReason.AUTHENTICATION_FAILED)).isEqualTo(1);
    inject(good);
    assertDelivered(1);
  }

  @Test
  void tellsKeepaliveAndIkeFromEsp() {
    inject(new byte[] {(byte) 0xFF});
    assertThat(engine.allDrops()).isZero();
    inject(new byte[100]);
    assertThat(engine.drops(DropReason.IKE_NOT_HANDLED)).isEqualTo(1);
  }

  @Test
  void refusesMasqueradeHeadersThatNoPeerSends() {
    for (int word : new int[] {0x01, 0x40, 0x7F, 0x81, 0x82, 0x8F, 0x90, 0xFF}) {
      byte[] packet = sealed(word, EspPacket.IPV4, inner());
      inject(packet);
    }
    assertThat(engine.drops(DropReason.MALFORMED_OUTER)).isEqualTo(8);
    assertDelivered(0);
  }

  @Test
  void refusesAnUnknownSpi() {
    byte[] packet = sealed(0x80, EspPacket.IPV4, inner());
    packet[4] ^= 0x01;
    inject(packet);
    assertThat(engine.drops(DropReason.UNKNOWN_SPI)).isEqualTo(1);
  }

  @Test
  void refusesEveryReplay() {
    byte[] packet = sealed(0x80, EspPacket.IPV4, inner());
    inject(packet);
    inject(packet);
    inject(packet);
    assertThat(engine.drops(DropReason.REPLAYED)).isEqualTo(2);
    assertDelivered(1);
  }

  @Test
  void acceptsNoPacketWithAnyBitFlipped() {
    byte[] packet = sealed(0x80, EspPacket.IPV4, inner());
    for (int bit = 0; bit < 8 * packet.length; bit++) {
      byte[] flipped = packet.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      inject(flipped);
    }
    assertThat(engine.allDrops()).isEqualTo(8L * packet.length);
    assertThat(engine.peer().endpoint()).as("nothing was learned").isNull();
    assertDelivered(0);
    inject(packet);
    assertDelivered(1);
  }

  @Test
  void survivesNoise() {
    Random random = new Random(3);
    for (int i = 0; i < 5000; i++) {
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      if (noise.length > 8 && i % 2 == 0) {
        NetworkOrder.putInt32(noise, 0, 0x80);
        NetworkOrder.putInt32(noise, 4, Node.spi(a, b));
      }
      inject(noise);
    }
    assertThat(engine.allDrops()).isGreaterThan(4900);
    assertDelivered(0);
  }

  @Test
  void countsAuthenticPacketsThatAreWrongInside() {
    inject(sealed(0x80, 50, inner()));
    assertThat(engine.drops(DropReason.UNEXPECTED_NEXT_HEADER)).isEqualTo(1);
    inject(sealed(0x80, EspPacket.IPV6, inner()));
    inject(sealed(0x80, EspPacket.IPV4, Arrays.copyOf(inner(), 19)));
    inject(sealed(0x80, EspPacket.IPV4, Arrays.copyOf(inner(), inner().length - 1)));
    byte[] icmp = inner();
    icmp[9] = 1;
    inject(sealed(0xA0, EspPacket.IPV4, icmp)); // a partial checksum of no transport
    assertThat(engine.drops(DropReason.MALFORMED_INNER)).isEqualTo(4);
    inject(sealed(0x80, EspPacket.IPV4, Packets.udp(a.ipv4, a.ipv4, new byte[5])));
    inject(sealed(0x80, EspPacket.IPV4, Packets.udp(b.ipv4, b.ipv4, new byte[5])));
    inject(sealed(0x80, EspPacket.IPV6, Packets.udp(b.ipv6, Node.address(new byte[16]), inner())));
    assertThat(engine.drops(DropReason.SELECTOR_MISMATCH)).isEqualTo(3);
    inject(badlyPadded());
    assertThat(engine.drops(DropReason.BAD_PADDING)).isEqualTo(1);
    assertDelivered(0);
  }

  @Test
  void ignoresPaddingForTrafficFlowConfidentiality() {
    inject(sealed(0x80, EspPacket.IPV4, Arrays.copyOf(inner(), inner().length + 300)));
    assertThat(a.tun.pollFrame()).isEqualTo(Packets.frame(inner()));
  }

  @Test
  void acceptsPlainEspOfOtherImplementations() {
    byte[] masqueraded = sealed(0, EspPacket.IPV4, inner());
    inject(Arrays.copyOfRange(masqueraded, 4, masqueraded.length));
    assertDelivered(1);
  }

  @Test
  void discardsDummyPacketsOfOthersSilently() {
    inject(sealed(0x80, EspPacket.NO_NEXT_HEADER, new byte[40]));
    inject(sealed(0x80, EspPacket.NO_NEXT_HEADER, new byte[0]));
    assertThat(engine.allDrops()).isZero();
    assertDelivered(0);
  }

  @Test
  void countsOutboundPacketsThatNobodyMayHave() {
    engine.configure(a.knowing(b, null, List.of()));
    outbound(Packets.udp(a.ipv4, b.ipv4, new byte[1]));
    assertThat(engine.drops(DropReason.NO_SECURITY_ASSOCIATION)).isEqualTo(1);
    engine.configure(a.knowing(b, a.pair(b, 1), List.of()));
    outbound(Packets.udp(a.ipv4, b.ipv4, new byte[1]));
    assertThat(engine.drops(DropReason.NO_ENDPOINT)).isEqualTo(1);
    outbound(Packets.udp(a.ipv4, a.ipv4, new byte[1]));
    outbound(Packets.udp(b.ipv4, b.ipv4, new byte[1]));
    assertThat(engine.drops(DropReason.NO_POLICY)).isEqualTo(2);
    outbound(Packets.udp(a.ipv4, Node.address(new byte[] {(byte) 224, 0, 0, 1}), new byte[1]));
    outbound(Packets.udp(a.ipv4, Node.address(new byte[] {-1, -1, -1, -1}), new byte[1]));
    byte[] multicast = new byte[16];
    multicast[0] = (byte) 0xFF;
    outbound(Packets.udp(a.ipv6, Node.address(multicast), new byte[1]));
    assertThat(engine.drops(DropReason.NOT_UNICAST)).isEqualTo(3);
    a.tun.injectFrame(new byte[10]);
    a.tun.injectFrame(new byte[3]);
    outbound(new byte[40]);
    engine.step();
    assertThat(engine.drops(DropReason.MALFORMED_OUTBOUND)).isEqualTo(3);
  }

  @Test
  void refusesFramesThatItCannotSegment() {
    engine.configure(a.knowing(b, a.pair(b, 1), List.of(b.endpoint())));
    byte[] packet = Packets.tcp(a.ipv4, b.ipv4, 1, 1, 0x10, 0, new byte[3000], 1);
    for (int[] gso : new int[][] {{1, 0}, {1, 15}, {3, 1000}, {5, 1000}, {9, 1000}}) {
      byte[] frame = Packets.frame(packet);
      VnetHeader.write(frame, 0, 1, gso[0], 40, gso[1], 20, 16);
      a.tun.injectFrame(frame);
    }
    byte[] outside = Packets.frame(packet);
    VnetHeader.write(outside, 0, 1, 0, 0, 0, 3039, 16); // checksum field behind the end
    a.tun.injectFrame(outside);
    engine.step();
    assertThat(engine.drops(DropReason.MALFORMED_OUTBOUND)).isEqualTo(6);
  }

  @Test
  void stopsAtTheHardLimitOfItsKeys() {
    SteppedEngine limited =
        new SteppedEngine(
            a.tun, a.transport, now, AeadChoice.jdk(), new SaLimits(3, 5, 1 << 20, 1 << 21));
    limited.configure(a.knowing(b, 1));
    assertThat(limited.peer().rekeyWanted()).isFalse();
    for (int i = 0; i < 10; i++) {
      a.tun.inject(Packets.udp(a.ipv4, b.ipv4, new byte[i]));
    }
    limited.step();
    ReceivedBatch batch = new ReceivedBatch();
    int datagrams = 0;
    while (b.transport.receive(batch)) {
      datagrams += 1 + (batch.lengthBytes() - 1) / batch.segmentBytes();
    }
    assertThat(datagrams).isEqualTo(5);
    assertThat(limited.drops(DropReason.SA_EXHAUSTED)).isEqualTo(6); // with the probe
    assertThat(limited.peer().rekeyWanted()).isTrue();
  }

  private void outbound(byte[] packet) {
    a.tun.inject(packet);
    engine.step();
  }

  private byte[] inner() {
    return Packets.udp(b.ipv4, a.ipv4, new byte[] {1, 2, 3, 4, 5});
  }

  /** What the peer would send: a masquerade header (also if 0), then ESP. */
  private byte[] sealed(int word, int nextHeader, byte[] payload) {
    byte[] in = Arrays.copyOf(payload, payload.length + EspSealer.TRAILER_ROOM_BYTES);
    byte[] out = new byte[4 + Node.SUITE.sealedBytes(payload.length)];
    NetworkOrder.putInt32(out, 0, word);
    new EspSealer()
        .seal(
            Node.SUITE,
            peerKey,
            word,
            Node.spi(a, b),
            nextSequence++,
            nextHeader,
            in,
            0,
            payload.length,
            out,
            4);
    return out;
  }

  private byte[] badlyPadded() {
    byte[] plain = {0x45, 9, 9, 9, 1, 2, 4, 3, 0, 0, 3, 4};
    plain[8] = 7;
    byte[] out = new byte[4 + 16 + plain.length + 16];
    NetworkOrder.putInt32(out, 0, 0x80);
    NetworkOrder.putInt32(out, 4, Node.spi(a, b));
    NetworkOrder.putInt32(out, 8, (int) nextSequence);
    byte[] aad = new byte[16];
    System.arraycopy(out, 0, aad, 0, 8);
    NetworkOrder.putInt64(aad, 8, nextSequence++);
    peerKey.seal(0, aad, 16, plain, 0, plain.length, out, 20);
    return out;
  }

  private void inject(byte[] datagram) {
    stranger.send(datagram, 0, datagram.length, datagram.length, a.endpoint());
    engine.step();
  }

  private void assertDelivered(int packets) {
    for (int i = 0; i < packets; i++) {
      assertThat(a.tun.pollFrame()).isEqualTo(Packets.frame(inner()));
    }
    assertThat(a.tun.pollFrame()).isNull();
  }

  @Test
  void namesNoKeyInAnyText() {
    KeyMaterial key = Node.key(a, b, 1);
    assertThat(a.knowing(b, 1).toString()).doesNotContain(Arrays.toString(key.copy()));
    assertThat(key).hasToString("KeyMaterial[36 bytes]");
  }
}
