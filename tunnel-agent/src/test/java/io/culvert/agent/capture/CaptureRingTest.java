package io.culvert.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.agent.ip.NetworkOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureRingTest {
  private static CaptureSettings settings(@Nullable String nodeId, int oneIn, int snapBytes) {
    return new CaptureSettings(true, true, nodeId, oneIn, snapBytes);
  }

  private static byte[] packet(int number, int lengthBytes) {
    byte[] packet = new byte[lengthBytes];
    Arrays.fill(packet, (byte) number);
    NetworkOrder.putInt32(packet, 0, number);
    return packet;
  }

  @Test
  void keepsOrderBytesAndNames() {
    CaptureRing ring = new CaptureRing(settings(null, 1, 100), 4);
    for (int turn = 0; turn < 3; turn++) { // beyond the end of the array
      ring.now(7 + turn);
      ring.inner("v", "n", packet(turn, 60), 4, 50);
      ring.outer("v", "n", "why", 1, 2, 3, packet(turn, 120), 0, 120);

      CapturedPacket inner = ring.peek();
      assertThat(inner).isNotNull();
      assertThat(inner.outer).isFalse();
      assertThat(inner.nanos).isEqualTo(7 + turn);
      assertThat(inner.capturedBytes).isEqualTo(50);
      assertThat(inner.originalBytes).isEqualTo(50);
      assertThat(inner.comment()).isEqualTo("n in v");
      ring.pop();
      CapturedPacket outer = ring.peek();
      assertThat(outer).isNotNull();
      assertThat(outer.outer).isTrue();
      assertThat(outer.capturedBytes).isEqualTo(100);
      assertThat(outer.originalBytes).isEqualTo(120);
      assertThat(Arrays.copyOfRange(outer.data, outer.offset, outer.offset + 100))
          .isEqualTo(Arrays.copyOf(packet(turn, 120), 100));
      assertThat(outer.comment()).isEqualTo("n in v: why");
      assertThat(outer.port).isEqualTo(3);
      ring.pop();
      assertThat(ring.peek()).isNull();
    }
  }

  @Test
  void dropsAndCountsWhatDoesNotFit() {
    CaptureRing ring = new CaptureRing(settings(null, 1, 64), 4);
    for (int i = 0; i < 5; i++) {
      ring.inner("v", "n", packet(i, 60), 0, 60);
      ring.outer("v", "n", null, 0, 0, 1, packet(i, 60), 0, 60);
    }
    assertThat(ring.droppedInner()).isEqualTo(3);
    assertThat(ring.droppedOuter()).isEqualTo(3);
    ring.pop();
    ring.inner("v", "n", packet(9, 60), 0, 60);
    assertThat(ring.droppedInner()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"true, false, 1, 0", "false, true, 0, 1"})
  void takesOnlyTheKindThatIsWanted(boolean inner, boolean outer, int inners, int outers) {
    CaptureRing ring = new CaptureRing(new CaptureSettings(inner, outer, null, 1, 64), 1);
    for (int i = 0; i < 2; i++) {
      ring.inner("v", "n", packet(i, 60), 0, 60);
      ring.outer("v", "n", null, 0, 0, 1, packet(i, 60), 0, 60);
    }
    assertThat(ring.droppedInner()).isEqualTo(inners);
    assertThat(ring.droppedOuter()).isEqualTo(outers);
  }

  @Test
  void samplesEachNthPacketOfThePeerThatIsWanted() {
    CaptureRing ring = new CaptureRing(settings("acme/p1", 3, 64), 4);
    StringBuilder selected = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      assertThat(ring.selects("acme/p2")).isFalse();
      assertThat(ring.selects(null)).isFalse();
      selected.append(ring.selects("acme/p1") ? 'x' : '-');
    }
    assertThat(selected).hasToString("x--x--x");
  }

  @Test
  void packetsOfNobodyAreCapturedWithoutAFilter() {
    assertThat(new CaptureRing(settings(null, 1, 64), 4).selects(null)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, 1, 64",
    "true, true, 0, 64",
    "true, true, 1, 63",
    "true, true, 1, 65536"
  })
  void refusesWhatCannotBeCaptured(boolean inner, boolean outer, int oneIn, int snapBytes) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CaptureSettings(inner, outer, null, oneIn, snapBytes));
  }

  /** Two threads: what comes out is whole, in order, and together with the drops all there was. */
  @Test
  void losesNothingUncountedBetweenTwoThreads() throws InterruptedException {
    int offered = 300_000;
    CaptureRing ring = new CaptureRing(settings(null, 1, 64), 64);
    AtomicBoolean ended = new AtomicBoolean();
    Thread worker =
        Thread.ofPlatform()
            .start(
                () -> {
                  byte[] packet = new byte[64];
                  for (int i = 1; i <= offered; i++) {
                    Arrays.fill(packet, (byte) i);
                    NetworkOrder.putInt32(packet, 0, i);
                    ring.inner("v", "n", packet, 0, 64);
                  }
                  ended.set(true);
                });
    int received = 0;
    int last = 0;
    boolean over;
    do {
      over = ended.get();
      for (CapturedPacket next = ring.peek(); next != null; next = ring.peek()) {
        int number = NetworkOrder.int32(next.data, next.offset);
        assertThat(number).isGreaterThan(last);
        assertThat(next.data[next.offset + 63]).isEqualTo((byte) number);
        last = number;
        received++;
        ring.pop();
      }
    } while (!over);
    worker.join();
    assertThat(received).isPositive();
    assertThat(received + ring.droppedInner()).isEqualTo(offered);
  }
}
