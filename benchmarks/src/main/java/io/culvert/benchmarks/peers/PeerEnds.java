package io.culvert.benchmarks.peers;

import io.culvert.acceptance.lab.LabHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Both hosts that a peer VPN connects.
 *
 * @param first from which is measured
 * @param second to which
 */
public record PeerEnds(PeerEnd first, PeerEnd second) {
  /** A host and the address that it is reached at without a VPN. */
  public record Outside(LabHost host, String address) {}

  /**
   * The ends of one VPN, each with an empty directory of its own.
   *
   * @param number tells apart the VPNs between the same hosts, 1 to 254: the third byte of the
   *     inside addresses, which begin with 10.77
   */
  public static PeerEnds of(PeerVpn vpn, int number, Outside first, Outside second) {
    return new PeerEnds(end(vpn, number, first, 1), end(vpn, number, second, 2));
  }

  private static PeerEnd end(PeerVpn vpn, int number, Outside outside, int last) {
    return new PeerEnd(
        outside.host(),
        outside.address(),
        "10.77.%d.%d".formatted(number, last),
        directory(outside.host(), vpn.name()));
  }

  private static Path directory(LabHost host, String vpn) {
    try {
      return Files.createDirectories(
          host.directory("%s-%s".formatted(vpn, host.name())),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<PeerEnd> both() {
    return List.of(first, second);
  }

  PeerEnd otherThan(PeerEnd end) {
    return end.equals(first) ? second : first;
  }
}
