package io.culvert.agent.tun;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.culvert.agent.linux.Descriptors;
import io.culvert.agent.linux.Errno;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * What linux/if_tun.h says: an interface made by an ioctl on {@code /dev/net/tun}.
 *
 * <pre>
 *   struct ifreq: char ifr_name[16]; short ifr_flags; ... (40 bytes)
 * </pre>
 *
 * @param descriptor open and non-blocking; the caller closes it, and with it the interface
 * @param offloads that the kernel agreed to
 */
record TunDriver(int descriptor, TunOffloads offloads) {
  private static final String DEVICE = "/dev/net/tun";
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_BYTES = 40;
  private static final int IFREQ_FLAGS = 16;
  private static final int IFF_TUN = 0x0001;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final long TUNSETIFF = 0x4004_54CAL;
  private static final long TUNSETOFFLOAD = 0x4004_54D0L;
  private static final long TUNSETVNETHDRSZ = 0x4004_54D8L;
  private static final long TUN_F_CSUM = 0x01;
  private static final long TUN_F_TSO4 = 0x02;
  private static final long TUN_F_TSO6 = 0x04;
  private static final long TUN_F_USO = 0x20 | 0x40; // USO4 and USO6 come together

  /** As {@link LinuxTunDevice#open}. */
  static TunDriver open(String name) {
    checkName(name);
    int flags = Descriptors.O_RDWR | Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC;
    int descriptor = Descriptors.open(DEVICE, flags);
    if (descriptor < 0) {
      throw cannotOpen(-descriptor);
    }
    try {
      create(descriptor, name);
      return new TunDriver(descriptor, offload(descriptor));
    } catch (UncheckedIOException e) {
      Descriptors.close(descriptor);
      throw e;
    }
  }

  private static void checkName(String name) {
    boolean fits = !name.isEmpty() && name.length() < IFNAMSIZ;
    if (!fits || !name.matches("[A-Za-z0-9_.-]+") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "\"%s\" is no interface name: 1 to 15 letters, digits, '-', '_' or '.'".formatted(name));
    }
  }

  private static void create(int descriptor, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
      request.setString(0, name, StandardCharsets.US_ASCII);
      request.set(JAVA_SHORT, IFREQ_FLAGS, (short) (IFF_TUN | IFF_NO_PI | IFF_VNET_HDR));
      int result = Descriptors.ioctl(descriptor, TUNSETIFF, request);
      if (result < 0) {
        throw cannotCreate(name, -result);
      }
      MemorySegment size = arena.allocateFrom(JAVA_INT, TunDevice.VNET_HEADER_BYTES);
      Errno.check(
          Descriptors.ioctl(descriptor, TUNSETVNETHDRSZ, size),
          "cannot set the header size of interface " + name);
    }
  }

  /** All that the kernel agrees to, asked for one by one: it takes a whole set or nothing of it. */
  private static TunOffloads offload(int descriptor) {
    if (!set(descriptor, TUN_F_CSUM)) {
      return TunOffloads.NONE; // segmentation needs partial checksums
    }
    long agreed = TUN_F_CSUM;
    for (long one : new long[] {TUN_F_TSO4, TUN_F_TSO6, TUN_F_USO}) {
      if (set(descriptor, agreed | one)) {
        agreed |= one;
      }
    }
    return new TunOffloads(
        true, has(agreed, TUN_F_TSO4), has(agreed, TUN_F_TSO6), has(agreed, TUN_F_USO));
  }

  private static boolean set(int descriptor, long offloads) {
    return Descriptors.ioctl(descriptor, TUNSETOFFLOAD, offloads) >= 0;
  }

  private static boolean has(long agreed, long one) {
    return (agreed & one) != 0;
  }

  private static UncheckedIOException cannotOpen(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
          Errno.failure(
              DEVICE
                  + " is missing: load the driver with \"modprobe tun\"; in a container pass the"
                  + " device in (--device /dev/net/tun)");
      case Errno.EACCES, Errno.EPERM ->
          Errno.failure(
              DEVICE
                  + " may not be opened by this user: start the agent as root, or have the device's"
                  + " mode changed");
      default -> Errno.failure("cannot open " + DEVICE, errno);
    };
  }

  private static UncheckedIOException cannotCreate(String name, int errno) {
    return switch (errno) {
      case Errno.EPERM ->
          Errno.failure(
              "creating interface %s needs CAP_NET_ADMIN: start the agent as root or with that capability (systemd: AmbientCapabilities=CAP_NET_ADMIN)"
                  .formatted(name));
      case Errno.EBUSY ->
          Errno.failure(
              "interface %s is in use by another program: stop that, or choose another name"
                  .formatted(name));
      case Errno.EINVAL ->
          Errno.failure(
              "%s is there already and is no TUN interface of ours: choose another name"
                  .formatted(name));
      default -> Errno.failure("cannot create interface " + name, errno);
    };
  }
}
