package io.culvert.benchmarks.peers;

import io.culvert.acceptance.lab.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * strongSwan with ESP in user space (the plugin kernel-libipsec) and AES-256-GCM. Its interface has
 * an MTU of 1,400 bytes by itself. It has ports of its own, since Culvert's agents use 4500.
 */
final class StrongSwan implements PeerVpn {
  private static final Requirement PROGRAM = new Requirement("charon-systemd", "charon-systemd");
  private static final Requirement TOOL = new Requirement("swanctl", "strongswan-swanctl");
  private static final Requirement USER_SPACE_ESP =
      new Requirement(
          "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so", "libcharon-extra-plugins");
  private static final Requirement CRYPTOGRAPHY =
      new Requirement(
          "/usr/lib/ipsec/plugins/libstrongswan-openssl.so", "libstrongswan-standard-plugins");
  private static final int IKE_PORT = 10500;
  private static final int NAT_TRAVERSAL_PORT = 14500;
  private static final Duration SOCKET_LIMIT = Duration.ofSeconds(10);

  /** Of a laboratory without a way in: it guards nothing. */
  private static final String PRE_SHARED_KEY = "both ends are on one machine";

  @Override
  public String name() {
    return "strongswan";
  }

  @Override
  public List<Requirement> requirements() {
    return List.of(PROGRAM, TOOL, USER_SPACE_ESP, CRYPTOGRAPHY);
  }

  @Override
  public PeerTunnel start(PeerEnds ends) {
    return PeerTunnel.bringUp(
        this,
        ends,
        tunnel -> {
          for (PeerEnd end : ends.both()) {
            // The plugin finds where its routes belong by an address within the selectors.
            var _ = end.run("ip", "address", "add", end.insideAddress() + "/32", "dev", "lo");
            List<String> command = withSettings(end, PROGRAM.path());
            var _ = tunnel.runs(end.start(name(), command));
            Path socket = end.file("vici");
            Await.until(name() + " to listen", SOCKET_LIMIT, () -> Files.exists(socket));
            Path connections = end.write("swanctl.conf", connections(ends, end));
            tell(end, "--load-all", "--file", connections.toString());
          }
          tell(ends.first(), "--initiate", "--child", "tunnel");
        });
  }

  private static List<String> withSettings(PeerEnd end, String program) {
    Path settings = end.write("strongswan.conf", settings(end));
    return List.of("env", "STRONGSWAN_CONF=" + settings, program);
  }

  private static void tell(PeerEnd end, String... words) {
    List<String> command = new ArrayList<>(withSettings(end, TOOL.path()));
    command.addAll(List.of(words));
    command.addAll(List.of("--uri", "unix://" + end.file("vici")));
    var _ = end.run(command.toArray(String[]::new));
  }

  private static String settings(PeerEnd end) {
    return """
        charon-systemd {
          load = random nonce openssl kdf kernel-libipsec kernel-netlink socket-default vici
          port = %d
          port_nat_t = %d
          user =
          group =
          plugins {
            vici { socket = unix://%s }
            kernel-libipsec {
              load = yes
              allow_peer_ts = yes
            }
          }
          filelog { log {
            path = /dev/stderr
            default = 1
            flush_line = yes
          } }
          journal { default = -1 }
          syslog { daemon { default = -1 } }
        }
        """
        .formatted(IKE_PORT, NAT_TRAVERSAL_PORT, end.file("vici"));
  }

  private static String connections(PeerEnds ends, PeerEnd end) {
    PeerEnd other = ends.otherThan(end);
    return """
        connections { bench {
          version = 2
          local_addrs = %s
          local_port = %d
          remote_addrs = %s
          remote_port = %d
          mobike = no
          proposals = aes256gcm16-prfsha384-x25519
          local {
            auth = psk
            id = %s@bench
          }
          remote { auth = psk }
          children { tunnel {
            local_ts = %s/32
            remote_ts = %s/32
            esp_proposals = aes256gcm16-x25519
          } }
        } }
        secrets { ike { secret = "%s" } }
        """
        .formatted(
            end.outerAddress(),
            NAT_TRAVERSAL_PORT,
            other.outerAddress(),
            NAT_TRAVERSAL_PORT,
            end.name(),
            end.insideAddress(),
            other.insideAddress(),
            PRE_SHARED_KEY);
  }
}
