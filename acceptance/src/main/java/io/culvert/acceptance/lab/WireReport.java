package io.culvert.acceptance.lab;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a capture in the middle of the Internet shows of the VPN.
 *
 * @param masqueraded UDP datagrams between nodes that begin with a masquerade header (first four
 *     bytes 1 to 255); one that the kernel had not split yet counts once
 * @param keepalives UDP datagrams between nodes that are the single byte 0xFF (RFC 3948, section
 *     2.3)
 * @param tls TCP segments with data between a node and the server
 * @param tlsFlows TCP connections between nodes and the server, counted by direction
 * @param foreign everything else that a node sent or received: there should be nothing
 * @param inClear packets that hold {@link Ping#MARKER}: there should be none
 */
public record WireReport(
    int masqueraded,
    int keepalives,
    int tls,
    int tlsFlows,
    List<String> foreign,
    List<String> inClear) {
  private static final int LAST_MASQUERADE_WORD = 255;
  private static final byte KEEPALIVE = (byte) 0xFF;
  private static final byte TLS_HANDSHAKE_RECORD = 22;
  private static final byte TLS_MAJOR_VERSION = 3;

  /** Copies the lists. */
  public WireReport {
    foreign = List.copyOf(foreign);
    inClear = List.copyOf(inClear);
  }

  /**
   * Sorts the packets of a capture that began before the first connection.
   *
   * @param nodes outer and private addresses of the nodes
   * @param server where the server is; its gateway is the only thing a node speaks TCP with
   */
  public static WireReport of(
      List<CapturedPacket> packets, Set<InetAddress> nodes, InetAddress server) {
    Sorter sorter = new Sorter(nodes, server);
    packets.forEach(sorter::add);
    return sorter.report();
  }

  /** Whether nothing was seen that should not be. */
  public boolean clean() {
    return foreign.isEmpty() && inClear.isEmpty();
  }

  private static final class Sorter {
    private final Set<InetAddress> nodes;
    private final InetAddress server;
    private final Set<String> flows = new HashSet<>();
    private final List<String> foreign = new ArrayList<>();
    private final List<String> inClear = new ArrayList<>();
    private int masqueraded;
    private int keepalives;
    private int tls;

    Sorter(Set<InetAddress> nodes, InetAddress server) {
      this.nodes = nodes;
      this.server = server;
    }

    void add(CapturedPacket packet) {
      boolean fromNode = nodes.contains(packet.source());
      boolean toNode = nodes.contains(packet.destination());
      if (!fromNode && !toNode) {
        return;
      }
      if (packet.contains(Ping.marker())) {
        inClear.add(packet.toString());
      }
      if (!isExpected(packet, fromNode && toNode)) {
        foreign.add(packet.toString());
      }
    }

    private boolean isExpected(CapturedPacket packet, boolean betweenNodes) {
      if (packet.source().equals(server) || packet.destination().equals(server)) {
        return isTls(packet);
      }
      return betweenNodes ? isTunnel(packet) : isIcmp(packet);
    }

    /** Between a node and its router: neighbour discovery, and errors that quote what failed. */
    private static boolean isIcmp(CapturedPacket packet) {
      return packet.protocol() == CapturedPacket.ICMP || packet.protocol() == CapturedPacket.ICMPV6;
    }

    private boolean isTunnel(CapturedPacket packet) {
      if (packet.protocol() != CapturedPacket.UDP) {
        return false;
      }
      if (packet.payload().limit() == 1 && packet.payload().get(0) == KEEPALIVE) {
        keepalives++;
        return true;
      }
      masqueraded++;
      return packet.firstWord() >= 1 && packet.firstWord() <= LAST_MASQUERADE_WORD;
    }

    /** TCP, and the first bytes of each direction are a TLS handshake record. */
    private boolean isTls(CapturedPacket packet) {
      if (packet.protocol() != CapturedPacket.TCP) {
        return false;
      }
      if (packet.payload().limit() == 0) {
        return true;
      }
      tls++;
      String flow =
          "%s:%d>%s:%d"
              .formatted(
                  packet.source(), packet.sourcePort(),
                  packet.destination(), packet.destinationPort());
      return !flows.add(flow)
          || (packet.payload().limit() > 2
              && packet.payload().get(0) == TLS_HANDSHAKE_RECORD
              && packet.payload().get(1) == TLS_MAJOR_VERSION);
    }

    WireReport report() {
      return new WireReport(masqueraded, keepalives, tls, flows.size(), foreign, inClear);
    }
  }
}
