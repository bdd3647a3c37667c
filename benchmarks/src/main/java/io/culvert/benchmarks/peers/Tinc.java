package io.culvert.benchmarks.peers;

import io.culvert.acceptance.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** tinc 1.0 with its default ciphers (it has no AEAD), over UDP. */
final class Tinc implements PeerVpn {
  private static final Requirement PROGRAM = new Requirement("tincd", "tinc");
  private static final int PORT = 10655;
  private static final String RSA_BITS = "2048";

  @Override
  public String name() {
    return "tinc";
  }

  @Override
  public List<Requirement> requirements() {
    return List.of(PROGRAM);
  }

  @Override
  public PeerTunnel start(PeerEnds ends) {
    return PeerTunnel.bringUp(
        this,
        ends,
        tunnel -> {
          for (PeerEnd end : ends.both()) {
            configure(end, ends.otherThan(end));
          }
          exchangeKeys(ends);
          for (PeerEnd end : ends.both()) {
            var _ = tunnel.runs(end.start(name(), daemon(end)));
          }
        });
  }

  private static List<String> daemon(PeerEnd end) {
    return List.of(
        PROGRAM.path(),
        "--config=" + end.directory(),
        "--no-detach",
        "--pidfile=" + end.file("tinc.pid"));
  }

  private static void configure(PeerEnd end, PeerEnd other) {
    var _ =
        end.write(
            "tinc.conf",
            """
            Name = %s
            ConnectTo = %s
            AddressFamily = ipv4
            BindToAddress = %s
            Interface = tincbench
            """
                .formatted(end.name(), other.name(), end.outerAddress()));
    var _ =
        end.write(
            hostFile(end),
            "Address = %s%nPort = %d%nSubnet = %s/32%n"
                .formatted(end.outerAddress(), PORT, end.insideAddress()));
    writeScript(end);
    // It appends the public key to the host's file; nobody answers where it asks for other names.
    var _ = end.run(PROGRAM.path(), "--config=" + end.directory(), "--generate-keys=" + RSA_BITS);
  }

  private static String hostFile(PeerEnd end) {
    return "hosts/" + end.name();
  }

  private static void writeScript(PeerEnd end) {
    String script =
        """
        #!/bin/sh
        ip link set "$INTERFACE" mtu %d up
        ip address add %s dev "$INTERFACE"
        """
            .formatted(MTU_BYTES, end.insidePrefix());
    try {
      var _ =
          Files.setPosixFilePermissions(
              end.write("tinc-up", script), PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new LabException("cannot make tinc's script executable", e);
    }
  }

  private static void exchangeKeys(PeerEnds ends) {
    for (PeerEnd end : ends.both()) {
      String file = hostFile(end);
      var _ = end.run("cp", end.file(file).toString(), ends.otherThan(end).file(file).toString());
    }
  }
}
