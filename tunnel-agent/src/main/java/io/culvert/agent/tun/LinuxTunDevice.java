package io.culvert.agent.tun;

import io.culvert.agent.linux.ArrayView;
import io.culvert.agent.linux.Descriptors;
import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.GuardedDescriptor;
import io.culvert.agent.netlink.LinkMessages;
import io.culvert.agent.netlink.NetlinkException;
import io.culvert.agent.netlink.NetlinkSocket;
import java.io.UncheckedIOException;

/**
 * The TUN driver of Linux (Documentation/networking/tuntap.rst) with virtio-net headers, TCP and
 * UDP segmentation offload. Frames go between the kernel and the caller's arrays without a copy
 * between.
 */
public final class LinuxTunDevice implements TunDevice {
  /**
   * Frames that the kernel holds for a reader that is late. Twice the driver's own 500: with
   * offload one frame is a whole burst already, without it a burst is 45 frames.
   */
  private static final int QUEUE_FRAMES = 1000;

  /**
   * A frame of this size becomes one batch of the outer network, of less than 64 KiB and at most 64
   * datagrams, for MTUs from 1,280 to 9,000. Larger ones would be one such batch and a short one.
   */
  private static final int MAX_SEGMENTED_BYTES = 60_000;

  private final GuardedDescriptor device;
  private final String name;
  private final int mtuBytes;
  private final TunOffloads offloads;
  private final ArrayView readView = new ArrayView();
  private final ArrayView writeView = new ArrayView();

  private LinuxTunDevice(
      GuardedDescriptor device, String name, int mtuBytes, TunOffloads offloads) {
    this.device = device;
    this.name = name;
    this.mtuBytes = mtuBytes;
    this.offloads = offloads;
  }

  /**
   * Creates the interface, sets its MTU and brings it up. The kernel gives it no IPv6 address of
   * its own, so it says nothing before it has an address.
   *
   * @param name 1 to 15 characters, for example {@code culvert0}
   * @param mtuBytes of the inner network
   * @throws UncheckedIOException with what to do about it: no {@code /dev/net/tun}, no
   *     CAP_NET_ADMIN, the name is in use
   * @throws IllegalArgumentException for a name that no interface can have
   */
  public static LinuxTunDevice open(String name, int mtuBytes) {
    TunDriver driver = TunDriver.open(name);
    try {
      bringUp(name, mtuBytes);
    } catch (UncheckedIOException e) {
      Descriptors.close(driver.descriptor());
      throw e;
    }
    var device = GuardedDescriptor.adopt(driver.descriptor());
    return new LinuxTunDevice(device, name, mtuBytes, driver.offloads());
  }

  private static void bringUp(String name, int mtuBytes) {
    try (var netlink = NetlinkSocket.open()) {
      int index = LinkMessages.indexOf(netlink, name);
      quietIpv6(netlink, index);
      limitSegmentation(netlink, index);
      netlink.change(LinkMessages.setUp(index, mtuBytes, QUEUE_FRAMES));
    } catch (NetlinkException e) {
      throw new UncheckedIOException(
          "cannot bring interface %s up with an MTU of %d: %s"
              .formatted(name, mtuBytes, e.getMessage()),
          e);
    }
  }

  private static void quietIpv6(NetlinkSocket netlink, int index) {
    try {
      netlink.change(LinkMessages.withoutOwnIpv6Address(index));
    } catch (NetlinkException _) {
      // A kernel without IPv6: then there is nothing to keep quiet.
    }
  }

  private static void limitSegmentation(NetlinkSocket netlink, int index) {
    try {
      netlink.change(LinkMessages.limitSegmentation(index, MAX_SEGMENTED_BYTES));
    } catch (NetlinkException _) {
      // A kernel before 4.16: then some frames become two batches.
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int mtuBytes() {
    return mtuBytes;
  }

  @Override
  public TunOffloads offloads() {
    return offloads;
  }

  @Override
  public int read(byte[] buffer, int offset, int lengthBytes) {
    if (!device.enterReader()) {
      throw Errno.failure("interface %s is closed".formatted(name));
    }
    try {
      int length =
          Descriptors.read(
              device.readErrno(), device.number(), readView.of(buffer, offset), lengthBytes);
      return length >= 0 ? length : nothing(-length);
    } finally {
      device.leaveReader();
    }
  }

  private int nothing(int errno) {
    if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
      return 0;
    }
    throw Errno.failure("interface %s is gone".formatted(name), errno);
  }

  /** As the port says; false too once it is closed. */
  @Override
  public boolean write(byte[] buffer, int offset, int lengthBytes) {
    if (!device.enterWriter()) {
      return false;
    }
    try {
      int written =
          Descriptors.write(
              device.writeErrno(), device.number(), writeView.of(buffer, offset), lengthBytes);
      return written == lengthBytes;
    } finally {
      device.leaveWriter();
    }
  }

  @Override
  public void awaitReadable(long timeoutNanos) {
    device.awaitReadable(timeoutNanos);
  }

  @Override
  public void wakeReader() {
    device.wake();
  }

  @Override
  public void close() {
    device.close();
  }
}
