package io.culvert.agent.transport;

/** A UDP socket of Linux with UDP_SEGMENT and UDP_GRO. */
public final class LinuxDatagramTransport implements DatagramTransport {
  private LinuxDatagramTransport() {}

  /**
   * Opens a socket for IPv6 and IPv4; for IPv4 alone where the kernel has no IPv6.
   *
   * @param port to bind to on all addresses; 0 takes any free one
   * @throws java.io.UncheckedIOException if the kernel refuses, for example because the port is in
   *     use
   */
  public static LinuxDatagramTransport open(int port) {
    return new LinuxDatagramTransport();
  }

  @Override
  public int localPort() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean segmentationOffload() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean send(
      byte[] buffer, int offset, int lengthBytes, int segmentBytes, Endpoint destination) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean receive(ReceivedBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void awaitReadable(long timeoutNanos) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void wakeReceiver() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
