package io.culvert.agent.dataplane;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.tun.TunOffloads;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A consistent-enough picture of the engine: each number is exact, but they are not read at one
 * instant.
 *
 * @param peers of the present configuration, in its order
 * @param drops packets by reason; every reason is present
 * @param outbound packets from the TUN device to the outer network
 * @param inbound packets from the outer network to the TUN device
 * @param aead the cipher implementation in use, for people, for example {@code intel-ipsec-mb 1.3.0
 *     (AVX2)}
 * @param offloads in use
 * @param running false once a worker has ended: closed, or a device is gone
 */
public record EngineStatistics(
    List<Peer> peers,
    Map<DropReason, Long> drops,
    Worker outbound,
    Worker inbound,
    String aead,
    Offloads offloads,
    boolean running) {

  /** Copies the collections. */
  public EngineStatistics {
    peers = List.copyOf(peers);
    drops = Map.copyOf(drops);
  }

  /**
   * One peer in one VPN.
   *
   * @param endpoint where its packets come from and ours go to; null while no packet of it has been
   *     authenticated
   * @param identity of its newest security associations; null while it has none
   * @param transform of its newest security associations; null while it has none
   * @param outboundPackets inner packets (after segmentation) sent to it since the engine started,
   *     with dummies
   * @param outboundBytes inner bytes sent to it
   * @param inboundPackets authenticated packets of it, with dummies
   * @param inboundBytes inner bytes accepted from it
   * @param lastInboundNanosAgo age of its newest authenticated packet; -1 if there was none
   * @param keysNanosAgo how long ago its newest security associations were taken into use; -1 while
   *     it has none
   * @param rekeying a newer association waits for its first authenticated packet
   * @param rekeyWanted its association has passed a soft limit
   */
  public record Peer(
      String vpnId,
      String nodeId,
      @Nullable Endpoint endpoint,
      @Nullable String identity,
      @Nullable EspTransform transform,
      long outboundPackets,
      long outboundBytes,
      long inboundPackets,
      long inboundBytes,
      long lastInboundNanosAgo,
      long keysNanosAgo,
      boolean rekeying,
      boolean rekeyWanted) {}

  /**
   * One worker.
   *
   * @param packets inner packets carried
   * @param bytes inner bytes carried
   * @param frames frames of the TUN device, each of one packet or more
   * @param datagrams of the outer network, with dummies and what was dropped
   * @param batches system calls of the outer network, each of one datagram or more
   * @param allocatedBytes heap bytes that its thread has allocated since it started
   */
  public record Worker(
      long packets, long bytes, long frames, long datagrams, long batches, long allocatedBytes) {

    /** Datagrams in one system call, the mean since the engine started; 0 before the first. */
    public double meanBatchDatagrams() {
      return batches == 0 ? 0 : (double) datagrams / batches;
    }
  }

  /**
   * Offloads in use.
   *
   * @param tun what frames of the TUN device may hold
   * @param udpSegmentation batches of datagrams cross the kernel in one call
   */
  public record Offloads(TunOffloads tun, boolean udpSegmentation) {}

  /** Allocated bytes of both workers for each packet carried; 0 if none was. */
  public double allocatedBytesPerPacket() {
    long packets = outbound.packets() + inbound.packets();
    long bytes = outbound.allocatedBytes() + inbound.allocatedBytes();
    return packets == 0 ? 0 : (double) bytes / packets;
  }
}
