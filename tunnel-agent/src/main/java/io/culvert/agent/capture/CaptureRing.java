package io.culvert.agent.capture;

import io.culvert.agent.sad.SingleWriterCounter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Copies of packets on their way from one worker to the thread that writes them down. Bounded; made
 * once; what does not fit is dropped and counted. The worker never waits and never allocates.
 *
 * <p>One thread produces ({@link #now}, {@link #selects}, {@link #inner}, {@link #outer}), one
 * consumes ({@link #peek}, {@link #pop}); the counters are for any thread.
 */
public final class CaptureRing {
  // (1) A slot is the producer's from head + capacity on, and the consumer's below tail. Both are
  //     published with release and read with acquire, which also publishes the slot's contents.
  // (2) The producer keeps the head it saw last, and looks again only when that says full.
  // (3) Names are references to strings that the engine keeps anyway.
  private static final int DATA_BYTES = 8 * 1024 * 1024;

  private static final int MAX_PACKETS = 1 << 16;

  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(CaptureRing.class, "head", long.class);
      TAIL = MethodHandles.lookup().findVarHandle(CaptureRing.class, "tail", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final CaptureSettings settings;
  private final int capacity;
  private final byte[] data;
  private final CapturedPacket[] slots;
  private final SingleWriterCounter droppedInner = new SingleWriterCounter();
  private final SingleWriterCounter droppedOuter = new SingleWriterCounter();

  @SuppressWarnings("unused") // through HEAD
  private long head;

  @SuppressWarnings("unused") // through TAIL
  private long tail;

  private long knownHead;
  private long nowNanos;
  private int untilSample;

  CaptureRing(CaptureSettings settings) {
    this(settings, Integer.highestOneBit(Math.min(MAX_PACKETS, DATA_BYTES / settings.snapBytes())));
  }

  /**
   * A ring of this many packets.
   *
   * @param capacity a power of two
   */
  CaptureRing(CaptureSettings settings, int capacity) {
    this.settings = settings;
    this.capacity = capacity;
    data = new byte[capacity * settings.snapBytes()];
    slots = new CapturedPacket[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = new CapturedPacket(data, i * settings.snapBytes());
    }
  }

  /** The time of what follows, by the engine's clock. */
  public void now(long nanos) {
    nowNanos = nanos;
  }

  /**
   * Whether the next packet is to be captured; counts it for the sample.
   *
   * @param nodeId the peer; null if it belongs to none
   */
  public boolean selects(@Nullable String nodeId) {
    if (settings.nodeId() != null && !settings.nodeId().equals(nodeId)) {
      return false;
    }
    if (untilSample > 0) {
      untilSample--;
      return false;
    }
    untilSample = settings.oneIn() - 1;
    return true;
  }

  /** Copies an inner packet of a peer, if inner packets are captured. */
  public void inner(String vpnId, String nodeId, byte[] packet, int offset, int lengthBytes) {
    if (!settings.inner()) {
      return;
    }
    CapturedPacket slot = claim();
    if (slot == null) {
      droppedInner.add(1);
      return;
    }
    slot.outer = false;
    slot.vpnId = vpnId;
    slot.nodeId = nodeId;
    slot.remark = null;
    publish(slot, packet, offset, lengthBytes);
  }

  /**
   * Copies the payload of a datagram, if outer packets are captured.
   *
   * @param vpnId with {@code nodeId} the peer; null if it is not known
   * @param remark what else is to be said of it; null: nothing
   * @param high with {@code low} and {@code port} where it comes from or goes to, as in {@link
   *     io.culvert.agent.transport.Endpoint}
   */
  public void outer(
      @Nullable String vpnId,
      @Nullable String nodeId,
      @Nullable String remark,
      long high,
      long low,
      int port,
      byte[] datagram,
      int offset,
      int lengthBytes) {
    if (!settings.outer()) {
      return;
    }
    CapturedPacket slot = claim();
    if (slot == null) {
      droppedOuter.add(1);
      return;
    }
    slot.outer = true;
    slot.vpnId = vpnId;
    slot.nodeId = nodeId;
    slot.remark = remark;
    slot.high = high;
    slot.low = low;
    slot.port = port;
    publish(slot, datagram, offset, lengthBytes);
  }

  private @Nullable CapturedPacket claim() {
    long next = (long) TAIL.get(this);
    if (next - knownHead == capacity) {
      knownHead = (long) HEAD.getAcquire(this);
      if (next - knownHead == capacity) {
        return null;
      }
    }
    return slots[(int) (next & (capacity - 1))];
  }

  private void publish(CapturedPacket slot, byte[] bytes, int offset, int lengthBytes) {
    slot.nanos = nowNanos;
    slot.originalBytes = lengthBytes;
    slot.capturedBytes = Math.min(lengthBytes, settings.snapBytes());
    System.arraycopy(bytes, offset, data, slot.offset, slot.capturedBytes);
    TAIL.setRelease(this, (long) TAIL.get(this) + 1);
  }

  /** The oldest packet, valid until {@link #pop}; null if there is none. Only the consumer. */
  @Nullable CapturedPacket peek() {
    long first = (long) HEAD.get(this);
    return first == (long) TAIL.getAcquire(this) ? null : slots[(int) (first & (capacity - 1))];
  }

  /** Gives the oldest packet's place back. Only the consumer, after {@link #peek} found one. */
  void pop() {
    HEAD.setRelease(this, (long) HEAD.get(this) + 1);
  }

  /** Inner packets that did not fit. Any thread. */
  long droppedInner() {
    return droppedInner.get();
  }

  /** Datagrams that did not fit. Any thread. */
  long droppedOuter() {
    return droppedOuter.get();
  }
}
