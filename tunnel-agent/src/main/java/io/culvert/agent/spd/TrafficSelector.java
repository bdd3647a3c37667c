package io.culvert.agent.spd;

import io.culvert.agent.ip.IpPacket;
import java.net.InetAddress;
import java.util.List;

/** The inner addresses of this node and of a peer (RFC 4301, section 4.4.1.1). Immutable. */
public final class TrafficSelector {
  private final long[] local;
  private final long[] remote;

  /** From the virtual addresses of both sides. */
  public TrafficSelector(List<InetAddress> local, List<InetAddress> remote) {
    this.local = halves(local);
    this.remote = halves(remote);
  }

  private static long[] halves(List<InetAddress> addresses) {
    long[] halves = new long[2 * addresses.size()];
    for (int i = 0; i < addresses.size(); i++) {
      InnerAddress address = InnerAddress.of(addresses.get(i));
      halves[2 * i] = address.high();
      halves[2 * i + 1] = address.low();
    }
    return halves;
  }

  /** Whether a received packet comes from the peer's address and goes to this node's. */
  public boolean permitsInbound(IpPacket packet) {
    return contains(remote, packet.sourceHigh(), packet.sourceLow())
        && contains(local, packet.destinationHigh(), packet.destinationLow());
  }

  private static boolean contains(long[] halves, long high, long low) {
    for (int i = 0; i < halves.length; i += 2) {
      if (halves[i + 1] == low && halves[i] == high) {
        return true;
      }
    }
    return false;
  }
}
