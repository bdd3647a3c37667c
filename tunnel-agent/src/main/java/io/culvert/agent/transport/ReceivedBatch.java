package io.culvert.agent.transport;

/**
 * What one receive call brought: equal datagrams of one sender, back to back in one array, the last
 * one possibly shorter (UDP GRO). Reused; owned by the receiving thread.
 */
public final class ReceivedBatch {
  /** The largest batch in bytes. */
  public static final int MAX_BYTES = 65535;

  private final byte[] buffer = new byte[MAX_BYTES];
  private int lengthBytes;
  private int segmentBytes;
  private long sourceHigh;
  private long sourceLow;
  private int sourcePort;

  /** The bytes; valid up to {@link #lengthBytes()}. */
  public byte[] buffer() {
    return buffer;
  }

  /** Bytes in the batch. */
  public int lengthBytes() {
    return lengthBytes;
  }

  /** Bytes of each datagram but the last. */
  public int segmentBytes() {
    return segmentBytes;
  }

  /** Upper 64 bits of the sender's address, as in {@link Endpoint#high()}. */
  public long sourceHigh() {
    return sourceHigh;
  }

  /** Lower 64 bits of the sender's address, as in {@link Endpoint#low()}. */
  public long sourceLow() {
    return sourceLow;
  }

  /** The sender's UDP port. */
  public int sourcePort() {
    return sourcePort;
  }

  /** Whether the sender is {@code endpoint}. */
  public boolean isFrom(Endpoint endpoint) {
    return endpoint.low() == sourceLow
        && endpoint.port() == sourcePort
        && endpoint.high() == sourceHigh;
  }

  /** The sender as a value; allocates. */
  public Endpoint source() {
    return new Endpoint(sourceHigh, sourceLow, sourcePort);
  }

  /** Called by the transport after it has filled {@link #buffer()}. */
  public void set(
      int lengthBytes, int segmentBytes, long sourceHigh, long sourceLow, int sourcePort) {
    this.lengthBytes = lengthBytes;
    this.segmentBytes = segmentBytes;
    this.sourceHigh = sourceHigh;
    this.sourceLow = sourceLow;
    this.sourcePort = sourcePort;
  }
}
