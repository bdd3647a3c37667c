package io.culvert.benchmarks.peers;

import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.LabHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One of the two hosts that a peer VPN connects.
 *
 * @param host of the laboratory
 * @param outerAddress IPv4, that packets of the tunnel go to
 * @param insideAddress IPv4, that it has in the VPN
 * @param directory for configuration, keys and logs; readable by its owner only
 */
record PeerEnd(LabHost host, String outerAddress, String insideAddress, Path directory) {
  private static final int PREFIX_BITS = 24;

  /** The host's name, which serves as its name in the VPN. */
  String name() {
    return host.name();
  }

  /** Its inside address with the length of the VPN's prefix. */
  String insidePrefix() {
    return insideAddress + "/" + PREFIX_BITS;
  }

  /** A file in its directory. */
  Path file(String name) {
    return directory.resolve(name);
  }

  /** Writes a file in its directory. */
  Path write(String name, String text) {
    try {
      Path file = file(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a command at the host, to its end.
   *
   * @throws io.culvert.acceptance.lab.LabException if it fails
   */
  String run(String... command) {
    return host.run(command).orFail().output().strip();
  }

  /** Starts the VPN's program at the host. */
  BackgroundProgram start(String program, List<String> command) {
    return host.start("%s-%s".formatted(program, name()), command);
  }

  /** Gives an interface that the VPN made its address and MTU, and brings it up. */
  void bringUp(String networkInterface) {
    var _ = run("ip", "address", "add", insidePrefix(), "dev", networkInterface);
    String mtu = Integer.toString(PeerVpn.MTU_BYTES);
    var _ = run("ip", "link", "set", networkInterface, "mtu", mtu, "up");
  }
}
