package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.agent.capture.CaptureSettings;
import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.esp.AeadProvider;
import io.culvert.agent.sad.SaLimits;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.ReceivedBatch;
import io.culvert.agent.tun.TunDevice;
import io.culvert.agent.tun.TunOffloads;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Carries frames from one engine to another in one thread, over devices that allocate nothing, and
 * reads how much the thread has allocated: all of it is the engines'.
 */
class AllocationTest {
  private static final int FRAMES = 2000;
  private static final int MAX_WARM_UP_ROUNDS = 10;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void allocatesNothingForAnyPacketOfItsOwn() {
    AeadProvider copying = new CopyingAead();
    assertThat(allocatedBytes(new AeadChoice(copying, copying, "none"), null)).isZero();
  }

  @Test
  void aCaptureAllocatesNothingInTheWorkers() {
    AeadProvider copying = new CopyingAead();
    CaptureSettings captured = new CaptureSettings(true, true, null, 4, 64);
    assertThat(allocatedBytes(new AeadChoice(copying, copying, "none"), captured)).isZero();
  }

  @Test
  void theCipherOfThisMachineAllocatesNothingOrIsTheJdks() {
    AeadChoice choice = AeadChoice.fastest();
    long packets = FRAMES * 46L;
    long allowed = choice.description().startsWith("JDK") ? 2500 * packets : 0;
    assertThat(allocatedBytes(choice, null)).as(choice.description()).isLessThanOrEqualTo(allowed);
  }

  private static long allocatedBytes(AeadChoice aead, @Nullable CaptureSettings captured) {
    PacketRouter router = new PacketRouter(0);
    Node a = Node.open(1, router);
    Node b = Node.open(2, router);
    Wire wire = new Wire(a.endpoint());
    RepeatingTun source = new RepeatingTun(burst(a, b));
    RepeatingTun sink = new RepeatingTun(new byte[0]);
    long[] now = {0};
    SteppedEngine left = new SteppedEngine(source, wire.sender, now, aead, SaLimits.AES_GCM);
    SteppedEngine right = new SteppedEngine(sink, wire.receiver, now, aead, SaLimits.AES_GCM);
    left.configure(a.knowing(b, 1));
    right.configure(b.knowing(a, 1));
    int rounds = 1;
    capture(left, right, captured);
    while (measuredRound(left, right, source, now) > 0 && rounds < MAX_WARM_UP_ROUNDS) {
      rounds++; // until everything is compiled; the JDK's cipher never stops
      capture(left, right, captured);
    }
    capture(left, right, captured);
    long allocated = measuredRound(left, right, source, now);

    assertThat(right.statistics().inbound().packets()).isEqualTo((rounds + 1L) * FRAMES * 46);
    assertThat(sink.frames).isGreaterThanOrEqualTo((rounds + 1) * FRAMES);
    assertThat(right.allDrops() + left.allDrops()).isZero();
    return allocated;
  }

  /** New rings, which hold a part of a round; what does not fit is dropped as cheaply. */
  private static void capture(
      SteppedEngine left, SteppedEngine right, @Nullable CaptureSettings captured) {
    if (captured != null) {
      left.tap(CaptureTap.of(captured));
      right.tap(CaptureTap.of(captured));
      var _ = left.step() + right.step(); // both have it
    }
  }

  private static long measuredRound(
      SteppedEngine left, SteppedEngine right, RepeatingTun source, long[] now) {
    long thread = Thread.currentThread().threadId();
    long idle = THREADS.getThreadAllocatedBytes(thread);
    idle = THREADS.getThreadAllocatedBytes(thread) - idle; // what asking costs
    long before = THREADS.getThreadAllocatedBytes(thread);
    carry(left, right, source, now, FRAMES);
    return THREADS.getThreadAllocatedBytes(thread) - before - idle;
  }

  private static void carry(
      SteppedEngine left, SteppedEngine right, RepeatingTun source, long[] now, int frames) {
    for (int i = 0; i < frames; i++) {
      source.armed = true;
      now[0] += 1000;
      left.step();
      right.step();
    }
  }

  private static byte[] burst(Node a, Node b) {
    byte[] frame = Packets.frame(Packets.tcp(a.ipv4, b.ipv4, 1, 2, 0x10, 12, new byte[62000], 3));
    VnetHeader.write(frame, 0, 1, VnetHeader.GSO_TCPV4, 52, 1348, 20, 16);
    return frame;
  }

  /** Gives the same frame once for each time it is armed; counts what is written. */
  private static final class RepeatingTun implements TunDevice {
    private final byte[] frame;
    boolean armed;
    int frames;

    RepeatingTun(byte[] frame) {
      this.frame = frame;
    }

    @Override
    public String name() {
      return "repeating";
    }

    @Override
    public int mtuBytes() {
      return 1400;
    }

    @Override
    public TunOffloads offloads() {
      return TunOffloads.ALL;
    }

    @Override
    public int read(byte[] buffer, int offset, int lengthBytes) {
      if (!armed) {
        return 0;
      }
      armed = false;
      System.arraycopy(frame, 0, buffer, offset, frame.length);
      return frame.length;
    }

    @Override
    public boolean write(byte[] buffer, int offset, int lengthBytes) {
      frames++;
      return true;
    }

    @Override
    public void awaitReadable(long timeoutNanos) {}

    @Override
    public void wakeReader() {}

    @Override
    public void close() {}
  }

  /** Batches from the sender to the receiver, in arrays made once. */
  private static final class Wire {
    private static final int BATCHES = 8;
    private final byte[][] batches = new byte[BATCHES][DatagramTransport.MAX_BATCH_BYTES];
    private final int[] lengths = new int[BATCHES];
    private final int[] segments = new int[BATCHES];
    private int count;
    final DatagramTransport sender;
    final DatagramTransport receiver;

    Wire(Endpoint from) {
      sender = new End(null);
      receiver = new End(from);
    }

    private final class End implements DatagramTransport {
      private final @Nullable Endpoint from;

      End(@Nullable Endpoint from) {
        this.from = from;
      }

      @Override
      public int localPort() {
        return 4500;
      }

      @Override
      public boolean segmentationOffload() {
        return true;
      }

      @Override
      public boolean send(byte[] buffer, int offset, int length, int segment, Endpoint to) {
        if (from == null) {
          System.arraycopy(buffer, offset, batches[count], 0, length);
          lengths[count] = length;
          segments[count] = segment;
          count++;
        }
        return true;
      }

      @Override
      public boolean receive(ReceivedBatch batch) {
        if (from == null || count == 0) {
          return false;
        }
        count--;
        System.arraycopy(batches[count], 0, batch.buffer(), 0, lengths[count]);
        batch.set(lengths[count], segments[count], from.high(), from.low(), from.port());
        return true;
      }

      @Override
      public void awaitReadable(long timeoutNanos) {}

      @Override
      public void wakeReceiver() {}

      @Override
      public void close() {}
    }
  }
}
