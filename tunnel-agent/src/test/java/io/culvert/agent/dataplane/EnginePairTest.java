package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.testnet.Nat;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.testnet.Weather;
import io.culvert.agent.transport.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two engines on a packet router.
 *
 * <pre>
 *   a  198.18.0.1:4500  ----  router (weather)  ----  [NAT 198.18.9.1]  ----  b  10.1.0.2:4500
 * </pre>
 */
class EnginePairTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long SECOND = 1000 * MILLISECOND;

  @RegisterExtension final PacketRouter router = new PacketRouter(20261125);
  private final Nat nat =
      router.nat(new byte[] {(byte) 198, 18, 9, 1}, Nat.Mapping.ENDPOINT_INDEPENDENT);
  private final Node a = Node.open(1, router);
  private final Node b = Node.behind(nat, 2, router);
  private final long[] now = {-5 * SECOND}; // nanoTime may be negative
  private final SteppedEngine left = new SteppedEngine(a, now);
  private final SteppedEngine right = new SteppedEngine(b, now);
  private final List<Integer> receivedByA = new ArrayList<>();
  private final List<Integer> receivedByB = new ArrayList<>();
  private int nextNumber = 1;

  @Test
  void findsEachOtherThoughOnlyOneSideCanBegin() {
    connect();
    assertThat(left.peer().endpoint()).isEqualTo(Endpoint.of(natAddress(), 20_000));
    assertThat(right.peer().endpoint()).isEqualTo(a.endpoint());
    int toB = fromA();
    int toA = fromB();
    pump(SECOND);
    assertThat(receivedByB).containsExactly(toB);
    assertThat(receivedByA).containsExactly(toA);
  }

  @Test
  void acceptsNoPacketTwiceAndAltersNoneInFoulWeather() {
    connect();
    router.weather(Weather.FOUL);
    Set<Integer> sent = new HashSet<>();
    for (int i = 0; i < 1500; i++) {
      sent.add(fromA());
      sent.add(fromB());
      pump(MILLISECOND);
      if (i == 700) {
        nat.rebind();
      }
    }
    router.weather(Weather.FAIR);
    pump(SECOND);
    List<Integer> received = new ArrayList<>(receivedByA);
    received.addAll(receivedByB);
    assertThat(received).doesNotHaveDuplicates();
    assertThat(sent).containsAll(received);
    assertThat(received.size()).isGreaterThan(2600);
    assertThat(right.drops(DropReason.REPLAYED) + left.drops(DropReason.REPLAYED)).isPositive();
    assertThat(left.drops(DropReason.AUTHENTICATION_FAILED)).isZero();
  }

  @Test
  void followsThePeerToItsNewMapping() {
    connect();
    nat.rebind();
    pump(21 * SECOND); // b's keepalive shows the way
    assertThat(left.peer().endpoint()).isEqualTo(Endpoint.of(natAddress(), 20_001));
    int toB = fromA();
    pump(SECOND);
    assertThat(receivedByB).containsExactly(toB);
  }

  @Test
  void probesAPathOnWhichNothingComesBack() {
    connect();
    router.weather(Weather.PARTITION);
    fromA();
    pump(30 * SECOND);
    router.weather(Weather.FAIR);
    pump(6 * SECOND); // the longest pause between two probes
    assertThat(right.peer().lastInboundNanosAgo()).isLessThan(7 * SECOND);
    int toB = fromA();
    int toA = fromB();
    pump(SECOND);
    assertThat(receivedByB).containsExactly(toB);
    assertThat(receivedByA).containsExactly(toA);
  }

  @Test
  void rekeysWithoutLosingAPacket() {
    connect();
    router.weather(new Weather(0, 0, 0, 0, 4)); // packets are on the way while keys change
    List<Integer> toA = new ArrayList<>();
    List<Integer> toB = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      if (i == 100) {
        left.configure(a.knowing(b, a.pair(b, 2), List.of()));
      }
      if (i == 200) {
        assertThat(left.peer().rekeying()).isTrue();
        right.configure(b.knowing(a, 2));
      }
      toB.add(fromA());
      toA.add(fromB());
      pump(MILLISECOND);
    }
    router.advance(50);
    pump(SECOND);
    router.advance(50);
    pump(SECOND);
    assertThat(receivedByB).containsExactlyElementsOf(toB);
    assertThat(receivedByA).containsExactlyElementsOf(toA);
    assertThat(left.peer().identity()).isEqualTo("1-2-2");
    assertThat(left.peer().rekeying()).isFalse();
    assertThat(right.peer().rekeying()).isFalse();
  }

  @Test
  void tellsHowOldThePresentKeysAre() {
    left.configure(a.knowing(b, null, List.of()));
    step(left, right);
    assertThat(left.peer().keysNanosAgo()).isEqualTo(-1);

    connect();
    pump(30 * SECOND);
    assertThat(left.peer().keysNanosAgo()).isBetween(30 * SECOND, 32 * SECOND);
    left.configure(a.knowing(b, a.pair(b, 2), List.of()));
    right.configure(b.knowing(a, 2));
    pump(2 * SECOND);
    assertThat(left.peer().keysNanosAgo()).isBetween(SECOND, 2 * SECOND);
    assertThat(right.peer().keysNanosAgo()).isBetween(SECOND, 2 * SECOND);
  }

  @Test
  void refusesSupersededKeysAfterTheGrace() {
    connect();
    left.configure(a.knowing(b, a.pair(b, 2), List.of()));
    right.configure(b.knowing(a, 2));
    pump(SECOND);
    assertThat(left.peer().rekeying()).isFalse();
    pump(61 * SECOND);
    right.configure(
        b.knowing(a, 1)); // an identity from before: sequence numbers go on, keys are gone
    fromB();
    pump(SECOND);
    assertThat(receivedByA).hasSize(1);
    assertThat(left.drops(DropReason.AUTHENTICATION_FAILED))
        .isPositive(); // its probes with old keys
  }

  @Test
  void goesOnWhenThePeerRestartsUnderTheSameSpi() {
    connect();
    SteppedEngine restarted = new SteppedEngine(b, now);
    restarted.configure(b.knowing(a, 7));
    left.configure(a.knowing(b, a.pair(b, 7), List.of()));
    for (int i = 0; i < 100; i++) {
      step(left, restarted);
      now[0] += 10 * MILLISECOND;
    }
    assertThat(left.peer().rekeying()).isFalse();
    int toB = fromA();
    step(left, restarted);
    step(left, restarted);
    collect();
    assertThat(receivedByB).containsExactly(toB);
  }

  @Test
  void aPeerThatComesBackUnderItsIdentityMeetsNoOldCounter() {
    connect();
    fromA();
    fromB();
    pump(SECOND);
    left.configure(a.knowing(b, null, List.of()));
    fromA();
    pump(SECOND);
    assertThat(left.drops(DropReason.NO_SECURITY_ASSOCIATION)).isEqualTo(1);
    assertThat(left.peer().identity()).isNull();

    left.configure(a.knowing(b, a.pair(b, 1), List.of()));
    int toB = fromA();
    int toA = fromB();
    pump(SECOND);
    assertThat(receivedByB)
        .hasSize(2)
        .endsWith(toB); // right's window would refuse a counter begun anew
    assertThat(receivedByA).hasSize(2).endsWith(toA);
    assertThat(right.drops(DropReason.REPLAYED)).isZero();
  }

  @Test
  void anIdleEngineSendsNothingButKeepalives() {
    connect();
    long before = left.peer().outboundPackets() + right.peer().outboundPackets();
    pump(200 * SECOND);
    long sent = left.peer().outboundPackets() + right.peer().outboundPackets() - before;
    assertThat(sent).isBetween(18L, 24L); // two peers, 200 s, one each 20 s
    assertThat(left.allDrops() + right.allDrops()).isZero();
  }

  @Test
  void carriesAWholeSegmentedBurst() {
    connect();
    byte[] payload = new byte[60_000];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 7 + i / 251);
    }
    byte[] large = Packets.tcp(a.ipv4, b.ipv4, 1, 2, 0x18, 12, payload, 3);
    byte[] frame = Packets.frame(large);
    VnetHeader.write(frame, 0, 1, VnetHeader.GSO_TCPV4, 52, 1348, 20, 16);
    long datagramsBefore = left.statistics().outbound().datagrams();
    a.tun.injectFrame(frame);
    step(left, right);

    byte[] received = b.tun.pollFrame();
    assertThat(received).isNotNull().hasSize(frame.length);
    assertThat(VnetHeader.gsoSize(received)).isEqualTo(1348);
    assertThat(received[0]).isEqualTo((byte) VnetHeader.NEEDS_CSUM);
    NetworkOrder.putInt16(received, 10 + 36, NetworkOrder.uint16(frame, 10 + 36));
    assertThat(Packets.packetOf(received)).isEqualTo(large);
    assertThat(left.statistics().outbound().packets()).isEqualTo(45);
    assertThat(left.statistics().outbound().datagrams()).isEqualTo(datagramsBefore + 45);
    assertThat(left.statistics().outbound().meanBatchDatagrams()).isGreaterThan(1);
    assertThat(right.statistics().inbound().datagrams())
        .isEqualTo(left.statistics().outbound().datagrams());
    assertThat(right.statistics().inbound().frames()).isEqualTo(1);
  }

  private void connect() {
    left.configure(a.knowing(b, a.pair(b, 1), List.of()));
    right.configure(b.knowing(a, 1));
    pump(SECOND);
    assertThat(left.peer().lastInboundNanosAgo()).isNotNegative();
    assertThat(right.peer().lastInboundNanosAgo()).isNotNegative();
  }

  /** Lets time pass in small steps, with everything that happens meanwhile. */
  private void pump(long nanos) {
    long end = now[0] + nanos;
    long step = Math.max(MILLISECOND, nanos / 1000);
    do {
      now[0] = Math.min(end, now[0] + step);
      step(left, right);
    } while (now[0] < end);
    collect();
  }

  private static void step(SteppedEngine one, SteppedEngine other) {
    while (one.step() + other.step() > 0) {
      Thread.onSpinWait();
    }
  }

  private int fromA() {
    return send(a, b);
  }

  private int fromB() {
    return send(b, a);
  }

  /** A UDP packet whose payload is a number and what follows from it. */
  private int send(Node from, Node to) {
    int number = nextNumber++;
    boolean ipv6 = number % 3 == 0;
    from.tun.inject(
        Packets.udp(ipv6 ? from.ipv6 : from.ipv4, ipv6 ? to.ipv6 : to.ipv4, payload(number)));
    return number;
  }

  private static byte[] payload(int number) {
    byte[] payload = new byte[4 + number % 700];
    for (int i = 4; i < payload.length; i++) {
      payload[i] = (byte) (number * 31 + i);
    }
    NetworkOrder.putInt32(payload, 0, number);
    return payload;
  }

  private void collect() {
    collect(a, receivedByA);
    collect(b, receivedByB);
  }

  private static void collect(Node node, List<Integer> numbers) {
    for (byte[] frame = node.tun.pollFrame(); frame != null; frame = node.tun.pollFrame()) {
      byte[] packet = Packets.packetOf(frame);
      int header = packet[0] >>> 4 == 4 ? 20 : 40;
      int number = NetworkOrder.int32(packet, header + 8);
      assertThat(packet).endsWith(payload(number)).hasSize(header + 8 + payload(number).length);
      assertThat(Packets.checksumsAreValid(packet)).isTrue();
      numbers.add(number);
    }
  }

  private static byte[] natAddress() {
    return new byte[] {(byte) 198, 18, 9, 1};
  }
}
