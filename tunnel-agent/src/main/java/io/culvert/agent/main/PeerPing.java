package io.culvert.agent.main;

import io.culvert.agent.control.AgentStatus;
import io.culvert.agent.echo.EchoSocket;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.PeerView;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** ICMP echo to a peer through the tunnel, over IPv4 and IPv6. Blocks its thread. */
final class PeerPing {
  static final int MAX_COUNT = 100;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private PeerPing() {}

  /** One target address. */
  record Target(String vpn, String address, int sent, List<Double> roundTripMillis) {}

  /** All addresses of the peer. */
  record Result(String node, List<Target> targets) {}

  /**
   * Pings.
   *
   * @param node {@code organization/name} or the name alone
   * @throws IllegalArgumentException with a sentence, if there is no such peer
   */
  static Result ping(AgentStatus status, String node, int count) {
    List<Target> targets = new ArrayList<>();
    String nodeId = nodeId(status, node);
    for (VpnReplica replica : status.replicas()) {
      PeerView peer = find(replica, node);
      if (peer != null) {
        List<InetAddress> own = TunnelPlanner.addresses(replica.self());
        List<InetAddress> remote = TunnelPlanner.addresses(peer.getMembership());
        for (int family = 0; family < own.size(); family++) {
          targets.add(ping(replica.vpnId(), own.get(family), remote.get(family), count));
        }
      }
    }
    return new Result(nodeId, targets);
  }

  /**
   * The peer that a person means.
   *
   * @param node {@code organization/name} or the name alone
   * @return {@code organization/name}
   * @throws IllegalArgumentException with a sentence, if there is no such peer
   */
  static String nodeId(AgentStatus status, String node) {
    for (VpnReplica replica : status.replicas()) {
      PeerView peer = find(replica, node);
      if (peer != null) {
        return peer.getMembership().getNodeId();
      }
    }
    throw new IllegalArgumentException(
        "'%s' is no peer of this node; 'culvert agent peers' lists them".formatted(node));
  }

  private static @Nullable PeerView find(VpnReplica replica, String node) {
    for (PeerView peer : replica.peers().values()) {
      String id = peer.getMembership().getNodeId();
      if (id.equals(node) || id.substring(id.indexOf('/') + 1).equals(node)) {
        return peer;
      }
    }
    return null;
  }

  private static Target ping(String vpn, InetAddress own, InetAddress remote, int count) {
    List<Double> roundTrips = new ArrayList<>();
    try (EchoSocket socket = EchoSocket.open(own)) {
      for (int sequence = 1; sequence <= count; sequence++) {
        OptionalLong nanos = socket.echo(remote, sequence, TIMEOUT.toNanos());
        nanos.ifPresent(value -> roundTrips.add(value / 1e6));
        if (sequence < count) {
          LockSupport.parkNanos(INTERVAL.toNanos());
        }
      }
    } catch (UncheckedIOException e) {
      throw new IllegalArgumentException(
          "cannot ping %s: %s".formatted(remote.getHostAddress(), e.getMessage()), e);
    }
    return new Target(vpn, remote.getHostAddress(), count, roundTrips);
  }
}
