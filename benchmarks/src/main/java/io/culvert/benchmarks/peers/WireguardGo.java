package io.culvert.benchmarks.peers;

import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** WireGuard in user space, by the program of its authors. */
final class WireguardGo implements PeerVpn {
  private static final Requirement PROGRAM = new Requirement("wireguard-go", "wireguard-go");
  private static final Requirement TOOL = new Requirement("wg", "wireguard-tools");
  private static final int PORT = 51820;
  private static final Duration SOCKET_LIMIT = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "wireguard-go";
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
          for (PeerEnd end : ends.both()) {
            makeKeys(end);
            Path socket = Path.of("/var/run/wireguard", device(end) + ".sock");
            removeLeftOver(socket);
            var _ = tunnel.runs(end.start(name(), List.of(PROGRAM.path(), "-f", device(end))));
            Await.until(name() + " to listen", SOCKET_LIMIT, () -> Files.exists(socket));
          }
          for (PeerEnd end : ends.both()) {
            configure(end, ends.otherThan(end));
          }
        });
  }

  /** Both ends' control sockets are in one directory, so the interfaces have different names. */
  private static String device(PeerEnd end) {
    return "wgbench-" + end.name();
  }

  /** Of a program that was killed: nobody listens there. */
  private static void removeLeftOver(Path socket) {
    try {
      var _ = Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new LabException("cannot remove " + socket, e);
    }
  }

  private static void makeKeys(PeerEnd end) {
    String script = "umask 077; \"$0\" genkey >\"$1\" && \"$0\" pubkey <\"$1\" >\"$2\"";
    var _ =
        end.run(
            "sh",
            "-c",
            script,
            TOOL.path(),
            end.file("private.key").toString(),
            end.file("public.key").toString());
  }

  private static void configure(PeerEnd end, PeerEnd other) {
    String publicKey = other.run("cat", other.file("public.key").toString());
    var _ =
        end.run(
            TOOL.path(),
            "set",
            device(end),
            "private-key",
            end.file("private.key").toString(),
            "listen-port",
            Integer.toString(PORT),
            "peer",
            publicKey,
            "allowed-ips",
            other.insideAddress() + "/32",
            "endpoint",
            other.outerAddress() + ":" + PORT);
    end.bringUp(device(end));
  }
}
