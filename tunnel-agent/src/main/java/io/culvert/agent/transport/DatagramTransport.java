package io.culvert.agent.transport;

/**
 * The agent's UDP socket, in batches. Sending belongs to one thread, receiving to another; only
 * {@link #awaitReadable} blocks.
 */
public interface DatagramTransport extends AutoCloseable {
  /** The most datagrams in one batch (UDP_MAX_SEGMENTS of older kernels). */
  int MAX_BATCH_DATAGRAMS = 64;

  /** The most payload bytes in one batch: 65,535 less an IPv4 and a UDP header. */
  int MAX_BATCH_BYTES = 65507;

  /** The local UDP port, host order. */
  int localPort();

  /**
   * Whether a batch goes to the kernel in one call (UDP_SEGMENT), and comes from it so (UDP_GRO).
   */
  boolean segmentationOffload();

  /**
   * Sends datagrams of {@code segmentBytes} each, the last possibly shorter, to one destination. At
   * most {@link #MAX_BATCH_DATAGRAMS} datagrams and {@link #MAX_BATCH_BYTES} bytes.
   *
   * @return whether the kernel took the whole batch; false means that it, or a rest of it, was
   *     dropped
   */
  boolean send(byte[] buffer, int offset, int lengthBytes, int segmentBytes, Endpoint destination);

  /**
   * Receives what is waiting from one sender.
   *
   * @return whether there was anything
   */
  boolean receive(ReceivedBatch batch);

  /**
   * Waits until something can be received, {@link #wakeReceiver} is called, or the time is over.
   *
   * @param timeoutNanos 0 returns at once
   */
  void awaitReadable(long timeoutNanos);

  /** Ends the present or the next {@link #awaitReadable} early. Any thread. */
  void wakeReceiver();

  /** Closes the socket and ends a waiting receiver. Any thread. */
  @Override
  void close();
}
