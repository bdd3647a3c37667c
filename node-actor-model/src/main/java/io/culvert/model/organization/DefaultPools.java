package io.culvert.model.organization;

import io.culvert.model.addressing.Prefix;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** The pools that a VPN gets when its administrator names none. Pure. */
final class DefaultPools {
  /** Shared address space (RFC 6598), cut into sub-prefixes of this length. */
  private static final Prefix SHARED = Prefix.parse("100.64.0.0/10");

  private static final int IPV4_LENGTH = 16;
  private static final int IPV6_LENGTH = 64;

  private DefaultPools() {}

  /** The first sub-prefix of the shared address space that overlaps none of {@code taken}. */
  static Optional<Prefix> ipv4(Collection<Prefix> taken) {
    for (int i = 0; i < 1 << (IPV4_LENGTH - SHARED.length()); i++) {
      Prefix candidate =
          new Prefix(SHARED.address((long) i << (Integer.SIZE - IPV4_LENGTH)), IPV4_LENGTH);
      if (taken.stream().noneMatch(candidate::overlaps)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /**
   * A unique local prefix (RFC 4193, section 3.2.2): fd, then 56 bits of a digest of the name,
   * where the RFC has a digest of the time and the host. So two organizations do not collide by
   * chance, and the same name always gives the same prefix.
   */
  static Prefix ipv6(String organization, String vpnName, Collection<Prefix> taken) {
    for (int attempt = 0; ; attempt++) {
      Prefix candidate = ipv6(organization + "/" + vpnName + "#" + attempt);
      if (taken.stream().noneMatch(candidate::overlaps)) {
        return candidate;
      }
    }
  }

  private static Prefix ipv6(String seed) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8));
      ByteBuffer network = ByteBuffer.allocate(16).put((byte) 0xFD).put(Arrays.copyOf(digest, 7));
      return new Prefix(InetAddress.getByAddress(network.array()), IPV6_LENGTH);
    } catch (NoSuchAlgorithmException | UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
