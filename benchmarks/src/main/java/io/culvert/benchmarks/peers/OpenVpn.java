package io.culvert.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/** OpenVPN between two ends that know each other's certificate, with AES-256-GCM over UDP. */
final class OpenVpn implements PeerVpn {
  private static final Requirement PROGRAM = new Requirement("openvpn", "openvpn");
  private static final Requirement TOOL = new Requirement("openssl", "openssl");
  private static final int PORT = 1194;

  @Override
  public String name() {
    return "openvpn";
  }

  @Override
  public List<Requirement> requirements() {
    return List.of(PROGRAM, TOOL);
  }

  @Override
  public PeerTunnel start(PeerEnds ends) {
    return PeerTunnel.bringUp(
        this,
        ends,
        tunnel -> {
          ends.both().forEach(OpenVpn::makeCertificate);
          for (PeerEnd end : ends.both()) {
            String file = end.write("openvpn.conf", config(ends, end)).toString();
            var _ = tunnel.runs(end.start(name(), List.of(PROGRAM.path(), "--config", file)));
          }
        });
  }

  private static void makeCertificate(PeerEnd end) {
    List<String> command = new ArrayList<>(List.of(TOOL.path(), "req", "-x509", "-nodes"));
    command.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"));
    command.addAll(List.of("-days", "1", "-subj", "/CN=" + end.name()));
    command.addAll(List.of("-keyout", key(end), "-out", certificate(end)));
    var _ = end.run(command.toArray(String[]::new));
  }

  private static String key(PeerEnd end) {
    return end.file("host.key").toString();
  }

  private static String certificate(PeerEnd end) {
    return end.file("host.crt").toString();
  }

  /** SHA-256 of the certificate, as bytes in hexadecimal with colons between them. */
  private static String fingerprint(PeerEnd end) {
    String answer =
        end.run(TOOL.path(), "x509", "-in", certificate(end), "-noout", "-fingerprint", "-sha256");
    return answer.substring(answer.indexOf('=') + 1);
  }

  /** Without the kernel's data channel: what is compared is the program in user space. */
  private static String config(PeerEnds ends, PeerEnd end) {
    PeerEnd other = ends.otherThan(end);
    return """
        mode p2p
        %s
        dev ovpnbench
        dev-type tun
        topology subnet
        ifconfig %s 255.255.255.0
        proto udp
        port %d
        local %s
        remote %s %d
        cert %s
        key %s
        peer-fingerprint %s
        data-ciphers AES-256-GCM
        tun-mtu %d
        mssfix 0
        disable-dco
        """
        .formatted(
            end.equals(ends.first()) ? "tls-server\ndh none" : "tls-client",
            end.insideAddress(),
            PORT,
            end.outerAddress(),
            other.outerAddress(),
            PORT,
            certificate(end),
            key(end),
            fingerprint(other),
            MTU_BYTES);
  }
}
