package io.culvert.benchmarks.peers;

import java.util.List;

/** Nebula with AES-256-GCM, its default; both ends know each other, so there is no lighthouse. */
final class Nebula implements PeerVpn {
  private static final Requirement PROGRAM = new Requirement("nebula", "nebula");
  private static final Requirement TOOL = new Requirement("nebula-cert", "nebula");
  private static final int PORT = 4242;

  @Override
  public String name() {
    return "nebula";
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
          makeCertificates(ends);
          for (PeerEnd end : ends.both()) {
            String file = end.write("nebula.yml", config(ends, end)).toString();
            var _ = tunnel.runs(end.start(name(), List.of(PROGRAM.path(), "-config", file)));
          }
        });
  }

  private static void makeCertificates(PeerEnds ends) {
    PeerEnd authority = ends.first();
    String certificate = authority.file("ca.crt").toString();
    String key = authority.file("ca.key").toString();
    var _ =
        authority.run(
            TOOL.path(),
            "ca",
            "-name",
            "bench",
            "-duration",
            "24h",
            "-out-crt",
            certificate,
            "-out-key",
            key);
    for (PeerEnd end : ends.both()) {
      var _ =
          end.run(
              TOOL.path(),
              "sign",
              "-ca-crt",
              certificate,
              "-ca-key",
              key,
              "-name",
              end.name(),
              "-ip",
              end.insidePrefix(),
              "-out-crt",
              end.file("host.crt").toString(),
              "-out-key",
              end.file("host.key").toString());
    }
  }

  private static String config(PeerEnds ends, PeerEnd end) {
    PeerEnd other = ends.otherThan(end);
    return """
        pki: {ca: "%s", cert: "%s", key: "%s"}
        static_host_map: {"%s": ["%s:%d"]}
        lighthouse: {am_lighthouse: false, hosts: []}
        listen: {host: "%s", port: %d}
        tun: {dev: nebulabench, mtu: %d}
        firewall:
          outbound: [{port: any, proto: any, host: any}]
          inbound: [{port: any, proto: any, host: any}]
        """
        .formatted(
            ends.first().file("ca.crt"),
            end.file("host.crt"),
            end.file("host.key"),
            other.insideAddress(),
            other.outerAddress(),
            PORT,
            end.outerAddress(),
            PORT,
            MTU_BYTES);
  }
}
