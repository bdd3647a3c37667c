package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.testnet.Weather;
import io.culvert.agent.tun.TunDevice;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two engines that carry packets with each transform. */
class TransformsTest {
  private static final long SECOND = 1_000_000_000;

  @RegisterExtension final PacketRouter router = new PacketRouter(11);
  private final Node a = Node.open(1, router);
  private final Node b = Node.open(2, router);
  private final long[] now = {0};
  private final SteppedEngine left = new SteppedEngine(a, now);
  private final SteppedEngine right = new SteppedEngine(b, now);

  @ParameterizedTest
  @EnumSource
  void carriesPacketsOfAllSizes(EspTransform transform) {
    connect(transform);
    for (int length = 0; length <= 1372; length += length < 64 ? 1 : 109) {
      byte[] packet = Packets.udp(a.ipv4, b.ipv4, random(length));
      a.tun.inject(packet);
      step();
      assertThat(b.tun.pollFrame()).as("%d bytes", length).isEqualTo(Packets.frame(packet));
    }
    byte[] answer = Packets.udp(b.ipv4, a.ipv4, random(5));
    b.tun.inject(answer);
    step();
    assertThat(a.tun.pollFrame()).isEqualTo(Packets.frame(answer));
    assertThat(left.peer().transform()).isEqualTo(transform);
    assertThat(left.allDrops() + right.allDrops()).isZero();
  }

  /** The trailer of one segment is written over the next one's first bytes, for a while. */
  @ParameterizedTest
  @EnumSource
  void cutsAndJoinsSegments(EspTransform transform) {
    connect(transform);
    byte[] payload = random(40_001);
    byte[] frame = Packets.frame(Packets.tcp(a.ipv4, b.ipv4, 1, 2, 0x10, 12, payload, 3));
    VnetHeader.write(frame, 0, 1, VnetHeader.GSO_TCPV4, 52, 1347, 20, 16);
    a.tun.injectFrame(frame);
    step();
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] one = b.tun.pollFrame(); one != null; one = b.tun.pollFrame()) {
      int headers = TunDevice.VNET_HEADER_BYTES + 52;
      joined.write(one, headers, one.length - headers);
    }
    assertThat(joined.toByteArray()).isEqualTo(payload);
    assertThat(right.statistics().inbound().packets()).isEqualTo(30);
  }

  @ParameterizedTest
  @EnumSource
  void acceptsNoPacketTwice(EspTransform transform) {
    connect(transform);
    router.weather(new Weather(0, 1000, 0, 0, 0));
    for (int i = 0; i < 50; i++) {
      byte[] packet = Packets.udp(a.ipv4, b.ipv4, random(i));
      a.tun.inject(packet);
      step();
      assertThat(b.tun.pollFrame()).isEqualTo(Packets.frame(packet));
      assertThat(b.tun.pollFrame()).isNull();
    }
    assertThat(right.drops(DropReason.REPLAYED)).isGreaterThanOrEqualTo(50);
    assertThat(right.drops(DropReason.AUTHENTICATION_FAILED)).isZero();
  }

  /** Both have the same SPI, so that packets of either are tried with both. */
  @ParameterizedTest
  @EnumSource
  void changesToItWithoutLosingAPacket(EspTransform transform) {
    EspTransform before =
        transform == EspTransform.AES_256_GCM_16
            ? EspTransform.AES_256_CBC_HMAC_SHA2_512_256
            : EspTransform.AES_256_GCM_16;
    connect(before);
    for (int i = 0; i < 60; i++) {
      if (i == 20) {
        left.configure(a.knowing(b, pair(a, b, transform, 2), List.of(b.endpoint())));
      }
      if (i == 40) {
        right.configure(b.knowing(a, pair(b, a, transform, 2), List.of(a.endpoint())));
      }
      byte[] there = Packets.udp(a.ipv4, b.ipv4, random(i));
      byte[] back = Packets.udp(b.ipv4, a.ipv4, random(i + 1));
      a.tun.inject(there);
      b.tun.inject(back);
      now[0] += SECOND / 50;
      step();
      assertThat(b.tun.pollFrame()).as("packet %d", i).isEqualTo(Packets.frame(there));
      assertThat(a.tun.pollFrame()).as("packet %d", i).isEqualTo(Packets.frame(back));
    }
    assertThat(left.peer().transform()).isEqualTo(transform);
    assertThat(left.peer().rekeying()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aLengthThatIsNotOneOfItsBlocksIsMalformed(EspTransform transform) {
    connect(transform);
    int plausible = transform.sealedBytes(100);
    for (int lengthBytes = plausible; lengthBytes < plausible + 16; lengthBytes += 4) {
      byte[] datagram = new byte[4 + lengthBytes];
      NetworkOrder.putInt32(datagram, 0, 0x80);
      NetworkOrder.putInt32(datagram, 4, Node.spi(b, a));
      NetworkOrder.putInt32(datagram, 8, 1000);
      a.transport.send(datagram, 0, datagram.length, datagram.length, b.endpoint());
    }
    step();
    int wrongLengths = 4 - 16 / transform.blockBytes();
    assertThat(right.drops(DropReason.MALFORMED_OUTER)).isEqualTo(wrongLengths);
    assertThat(right.drops(DropReason.AUTHENTICATION_FAILED)).isEqualTo(4 - wrongLengths);
  }

  private void connect(EspTransform transform) {
    left.configure(a.knowing(b, pair(a, b, transform, 1), List.of(b.endpoint())));
    right.configure(b.knowing(a, pair(b, a, transform, 1), List.of(a.endpoint())));
    step();
  }

  private void step() {
    now[0] += 1000;
    while (left.step() + right.step() > 0) {
      now[0] += 1000;
    }
  }

  private static PairSecurityAssociations pair(
      Node self, Node other, EspTransform transform, int epoch) {
    return new PairSecurityAssociations(
        "identity-" + epoch,
        transform,
        Node.spi(other, self),
        Node.spi(self, other),
        () -> new KeyMaterialPair(key(self, transform, epoch), key(other, transform, epoch)));
  }

  private static KeyMaterial key(Node sender, EspTransform transform, int epoch) {
    byte[] bytes = new byte[transform.keyMaterialBytes()];
    new Random(sender.number * 100L + epoch).nextBytes(bytes);
    return KeyMaterial.adopt(bytes);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
