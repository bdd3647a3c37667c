package io.culvert.agent.tun;

/** The TUN driver of Linux with virtio-net headers and TCP segmentation offload. */
public final class LinuxTunDevice implements TunDevice {
  private LinuxTunDevice() {}

  /**
   * Creates the interface, sets its MTU and brings it up.
   *
   * @param name 1 to 15 characters, for example {@code culvert0}
   * @param mtuBytes of the inner network
   * @throws java.io.UncheckedIOException with what to do about it: no {@code /dev/net/tun}, no
   *     CAP_NET_ADMIN, the name is in use
   */
  public static LinuxTunDevice open(String name, int mtuBytes) {
    return new LinuxTunDevice();
  }

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int mtuBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean segmentationOffload() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(byte[] buffer, int offset, int lengthBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean write(byte[] buffer, int offset, int lengthBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void awaitReadable(long timeoutNanos) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void wakeReader() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
