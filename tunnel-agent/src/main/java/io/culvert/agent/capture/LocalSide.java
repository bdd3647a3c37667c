package io.culvert.agent.capture;

import io.culvert.agent.transport.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * This computer's side of a datagram. The engine's socket is bound to no address, so it is asked of
 * the routing table, as it is when the capture meets a peer's address first; the unspecified
 * address, if there is no route.
 *
 * <p>Owned by the writing thread.
 */
final class LocalSide {
  private static final int MAX_KNOWN = 4096;

  private final Map<Endpoint, Endpoint> known = new HashMap<>();
  private final int localPort;

  /**
   * For a socket.
   *
   * @param localPort 1 to 65535
   */
  LocalSide(int localPort) {
    this.localPort = localPort;
  }

  /** The local end of what is exchanged with {@code remote}, in its address family. */
  Endpoint facing(Endpoint remote) {
    if (known.size() >= MAX_KNOWN) {
      known.clear();
    }
    return known.computeIfAbsent(remote, this::ask);
  }

  private Endpoint ask(Endpoint remote) {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.connect( // sends nothing
          new InetSocketAddress(InetAddress.getByAddress(remote.addressBytes()), remote.port()));
      InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
      Endpoint found = Endpoint.of(local.getAddress().getAddress(), localPort);
      if (found.isIpv4() == remote.isIpv4()) {
        return found;
      }
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    } catch (IOException noRoute) {
      // The unspecified address says so.
    }
    return Endpoint.of(new byte[remote.isIpv4() ? 4 : 16], localPort);
  }
}
