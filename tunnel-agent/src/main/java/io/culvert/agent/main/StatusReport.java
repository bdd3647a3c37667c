package io.culvert.agent.main;

import io.culvert.agent.control.AgentStatus;
import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.PeerView;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code agent status --json}, as docs/commands.md describes it. */
record StatusReport(
    String node,
    String state,
    String since,
    String server,
    int links,
    String lastError,
    @Nullable Pull pull,
    List<Vpn> vpns,
    Engine engine) {

  /** How the agent asks for changes; null if they are pushed. */
  record Pull(long intervalMillis, @Nullable String pulledAt) {}

  /** One VPN of the node. */
  record Vpn(
      String vpn,
      long revision,
      @Nullable String appliedAt,
      @Nullable String staleSince,
      @Nullable String shardSilentSince,
      String cipher,
      int epoch,
      List<String> addresses,
      List<Peer> peers,
      List<String> warnings) {}

  /** One peer in one VPN. */
  record Peer(
      String node,
      boolean online,
      List<String> addresses,
      @Nullable String endpoint,
      @Nullable String transform,
      boolean rekeying,
      long lastSeenMillisAgo,
      long keysMillisAgo,
      long inboundPackets,
      long inboundBytes,
      long outboundPackets,
      long outboundBytes) {}

  /** What one worker has carried, with the mean number of datagrams in a batch. */
  record Direction(
      long packets,
      long bytes,
      long frames,
      long datagrams,
      long batches,
      double meanBatchDatagrams,
      long allocatedBytes) {
    static Direction of(EngineStatistics.Worker worker) {
      return new Direction(
          worker.packets(),
          worker.bytes(),
          worker.frames(),
          worker.datagrams(),
          worker.batches(),
          worker.meanBatchDatagrams(),
          worker.allocatedBytes());
    }
  }

  /** What the engine has counted. */
  record Engine(
      Direction outbound,
      Direction inbound,
      Map<String, Long> drops,
      String aead,
      EngineStatistics.Offloads offloads,
      boolean running) {}

  /** The report; before the first link it shows what an earlier run knew, marked as stale. */
  static StatusReport of(AgentStatus status, EngineStatistics statistics, LastViews earlier) {
    boolean stale = status.links() == 0 && status.replicas().isEmpty();
    Map<String, EngineStatistics.Peer> counted = new HashMap<>();
    statistics.peers().forEach(peer -> counted.put(key(peer.vpnId(), peer.nodeId()), peer));
    Map<String, Long> drops = new TreeMap<>();
    statistics.drops().forEach((reason, count) -> drops.put(reason.name(), count));
    return new StatusReport(
        status.nodeId(),
        status.state().toString(),
        status.since().toString(),
        status.server(),
        status.links(),
        status.lastError(),
        pull(status),
        (stale ? earlier.replicas() : status.replicas())
            .stream()
                .map(
                    replica ->
                        vpn(status, replica, stale ? earlier.asOf().toString() : null, counted))
                .toList(),
        new Engine(
            Direction.of(statistics.outbound()),
            Direction.of(statistics.inbound()),
            drops,
            statistics.aead(),
            statistics.offloads(),
            statistics.running()));
  }

  private static @Nullable Pull pull(AgentStatus status) {
    Instant pulledAt = status.pulledAt();
    return status.pullInterval().isZero()
        ? null
        : new Pull(status.pullInterval().toMillis(), pulledAt == null ? null : pulledAt.toString());
  }

  private static String key(String vpnId, String nodeId) {
    return vpnId + " " + nodeId;
  }

  private static Vpn vpn(
      AgentStatus status,
      VpnReplica replica,
      @Nullable String staleSince,
      Map<String, EngineStatistics.Peer> counted) {
    AgentStatus.AppliedRevision applied = status.applied().get(replica.vpnId());
    return new Vpn(
        replica.vpnId(),
        applied == null ? replica.revision() : applied.revision(),
        applied == null ? null : applied.at().toString(),
        staleSince,
        shardSilentSince(replica, applied),
        replica.vpn().getCipherSuite().name(),
        replica.vpn().getEpoch(),
        literal(TunnelPlanner.addresses(replica.self())),
        replica.peers().values().stream()
            .map(
                peer ->
                    peer(peer, counted.get(key(replica.vpnId(), peer.getMembership().getNodeId()))))
            .toList(),
        VpnWarnings.of(replica, counted.values()));
  }

  /** When the server that serves the view last heard of the VPN; null: the view is up to date. */
  private static @Nullable String shardSilentSince(
      VpnReplica replica, AgentStatus.@Nullable AppliedRevision applied) {
    return applied == null || replica.staleMillis() == 0
        ? null
        : applied.at().minusMillis(replica.staleMillis()).toString();
  }

  private static Peer peer(PeerView peer, EngineStatistics.@Nullable Peer counted) {
    List<String> addresses = literal(TunnelPlanner.addresses(peer.getMembership()));
    if (counted == null) {
      return new Peer(
          peer.getMembership().getNodeId(),
          peer.getOnline(),
          addresses,
          null,
          null,
          false,
          -1,
          -1,
          0,
          0,
          0,
          0);
    }
    Endpoint endpoint = counted.endpoint();
    return new Peer(
        peer.getMembership().getNodeId(),
        peer.getOnline(),
        addresses,
        endpoint == null ? null : endpoint.toString(),
        counted.transform() == null ? null : counted.transform().name(),
        counted.rekeying(),
        millis(counted.lastInboundNanosAgo()),
        millis(counted.keysNanosAgo()),
        counted.inboundPackets(),
        counted.inboundBytes(),
        counted.outboundPackets(),
        counted.outboundBytes());
  }

  /** Milliseconds; -1, which is "never", stays. */
  private static long millis(long nanos) {
    return nanos < 0 ? -1 : nanos / 1_000_000;
  }

  private static List<String> literal(List<InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getHostAddress).toList();
  }
}
