package io.culvert.agent.tun;

/**
 * A layer-3 virtual interface that exchanges whole IP packets with the kernel, each behind a {@code
 * virtio_net_hdr} of {@value #VNET_HEADER_BYTES} bytes (linux/virtio_net.h, little-endian here).
 *
 * <p>With segmentation offload one frame carries up to 64 KiB: a TCP packet or a run of UDP
 * datagrams that the reader must segment, or that the kernel will. Reading belongs to one thread,
 * writing to another; neither call blocks.
 */
public interface TunDevice extends AutoCloseable {
  /** Bytes of the header in front of each packet. */
  int VNET_HEADER_BYTES = 10;

  /** The largest frame: header and a 64 KiB packet. */
  int MAX_FRAME_BYTES = VNET_HEADER_BYTES + 65535;

  /** The interface's name, for example {@code culvert0}. */
  String name();

  /** MTU of the inner network in bytes. */
  int mtuBytes();

  /** What frames may hold besides plain packets, both ways. */
  TunOffloads offloads();

  /**
   * Reads one frame.
   *
   * @return its length in bytes, or 0 if none is waiting
   * @throws java.io.UncheckedIOException if the device is gone
   */
  int read(byte[] buffer, int offset, int lengthBytes);

  /**
   * Writes one frame.
   *
   * @return whether the kernel took it; false means it was dropped (queue full or refused)
   */
  boolean write(byte[] buffer, int offset, int lengthBytes);

  /**
   * Waits until a frame can be read, {@link #wakeReader} is called, or the time is over. Only the
   * reading thread calls it.
   *
   * @param timeoutNanos 0 returns at once
   */
  void awaitReadable(long timeoutNanos);

  /** Ends the present or the next {@link #awaitReadable} early. Any thread. */
  void wakeReader();

  /** Closes the device; the kernel removes the interface. Ends a waiting reader. Any thread. */
  @Override
  void close();
}
