package io.culvert.agent.testnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.ReceivedBatch;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PacketRouterTest {
  private static final Endpoint ALICE = Endpoint.of(new byte[] {(byte) 198, 18, 1, 1}, 4500);
  private static final Endpoint BOB = Endpoint.of(new byte[] {(byte) 198, 18, 2, 1}, 4500);
  private static final Endpoint INSIDE = Endpoint.of(new byte[] {10, 1, 0, 2}, 4500);
  private static final byte[] EXTERNAL = {(byte) 198, 18, 9, 1};

  @RegisterExtension final PacketRouter router = new PacketRouter(42);

  @Test
  void coalescesEqualDatagramsAndAnOddLastOne() {
    var alice = router.transport(ALICE, true);
    var bob = router.transport(BOB, true);
    byte[] bytes = new byte[1000];
    bytes[999] = 7;
    assertThat(alice.send(bytes, 0, 1000, 300, BOB)).isTrue();
    var batch = new ReceivedBatch();
    assertThat(bob.receive(batch)).isTrue();
    assertThat(batch.lengthBytes()).isEqualTo(1000);
    assertThat(batch.segmentBytes()).isEqualTo(300);
    assertThat(batch.buffer()[999]).isEqualTo((byte) 7);
    assertThat(batch.source()).isEqualTo(ALICE);
    assertThat(bob.receive(batch)).isFalse();
  }

  @Test
  void sameSeedGivesSameFates() {
    assertThat(arrivals(7)).isEqualTo(arrivals(7)).isNotEqualTo(arrivals(8));
  }

  @Test
  void foulWeatherLosesRepeatsAndReorders() {
    List<Integer> got = arrivals(7);
    assertThat(got).doesNotHaveDuplicates().hasSizeLessThan(1000).isNotEmpty();
  }

  private static List<Integer> arrivals(long seed) {
    var router = new PacketRouter(seed);
    router.weather(new Weather(50, 0, 200, 16, 0));
    var alice = router.transport(ALICE, false);
    var bob = router.transport(BOB, false);
    IntStream.range(0, 1000).forEach(i -> alice.send(number(i), 0, 4, 4, BOB));
    router.advance(100);
    List<Integer> got = drain(bob);
    assertThat(got).isNotEqualTo(got.stream().sorted().toList());
    return got;
  }

  @Test
  void natTranslatesFiltersAndRebinds() {
    var nat = router.nat(EXTERNAL, Nat.Mapping.ENDPOINT_INDEPENDENT);
    var inside = router.transportBehind(nat, INSIDE, false);
    var bob = router.transport(BOB, false);
    inside.send(number(1), 0, 4, 4, BOB);
    Endpoint first = sourceOf(bob);
    assertThat(first.addressBytes()).isEqualTo(EXTERNAL);
    bob.send(number(2), 0, 4, 4, first);
    assertThat(drain(inside)).containsExactly(2);
    var stranger = router.transport(ALICE, false);
    stranger.send(number(3), 0, 4, 4, first);
    assertThat(drain(inside)).isEmpty();
    nat.rebind();
    bob.send(number(4), 0, 4, 4, first);
    assertThat(drain(inside)).isEmpty();
    inside.send(number(5), 0, 4, 4, BOB);
    assertThat(sourceOf(bob)).isNotEqualTo(first);
  }

  @Test
  void staticMappingLetsStrangersIn() {
    var nat = router.nat(EXTERNAL, Nat.Mapping.ADDRESS_AND_PORT_DEPENDENT);
    var inside = router.transportBehind(nat, INSIDE, false);
    Endpoint open = nat.forward(4500, INSIDE);
    router.transport(ALICE, false).send(number(9), 0, 4, 4, open);
    assertThat(drain(inside)).containsExactly(9);
  }

  @Test
  void partitionStopsOneDirection() {
    var alice = router.transport(ALICE, false);
    var bob = router.transport(BOB, false);
    router.weather(ALICE, BOB, Weather.PARTITION);
    alice.send(number(1), 0, 4, 4, BOB);
    bob.send(number(2), 0, 4, 4, ALICE);
    assertThat(drain(bob)).isEmpty();
    assertThat(drain(alice)).containsExactly(2);
    assertThat(router.trace()).contains("lost");
  }

  @Test
  void closedTransportThrowsAndCanBeReplaced() {
    var alice = router.transport(ALICE, false);
    alice.close();
    assertThatThrownBy(() -> alice.receive(new ReceivedBatch()))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(router.transport(ALICE, false)).isNotSameAs(alice);
  }

  private static byte[] number(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  private static Endpoint sourceOf(RoutedTransport transport) {
    var batch = new ReceivedBatch();
    assertThat(transport.receive(batch)).isTrue();
    return batch.source();
  }

  private static List<Integer> drain(RoutedTransport transport) {
    List<Integer> numbers = new ArrayList<>();
    var batch = new ReceivedBatch();
    while (transport.receive(batch)) {
      numbers.add(ByteBuffer.wrap(batch.buffer()).getInt());
    }
    return numbers;
  }
}
