package io.culvert.agent.metrics;

import io.culvert.agent.dataplane.EngineStatistics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The numbers of {@link EngineStatistics}, all of one scrape from one picture. Peers come and go
 * with the configuration, which is why they are collected and not registered one by one.
 *
 * <p>Units are seconds and bytes. Any thread.
 */
final class EngineMetrics implements MultiCollector {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Supplier<EngineStatistics> statistics;
  private final BooleanSupplier linked;

  EngineMetrics(Supplier<EngineStatistics> statistics, BooleanSupplier linked) {
    this.statistics = statistics;
    this.linked = linked;
  }

  @Override
  public MetricSnapshots collect() {
    EngineStatistics now = statistics.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    peers(now.peers()).forEach(all::metricSnapshot);
    workers(now).forEach(all::metricSnapshot);
    engine(now).forEach(all::metricSnapshot);
    return all.build();
  }

  private static List<MetricSnapshot> peers(List<EngineStatistics.Peer> peers) {
    return List.of(
        peerPackets(peers),
        peerBytes(peers),
        peerAge(
            "culvert_peer_last_received_age",
            "Time since the newest authenticated packet of the peer; absent if there was none.",
            peers,
            EngineStatistics.Peer::lastInboundNanosAgo),
        peerAge(
            "culvert_peer_keys_age",
            "Time since the newest security associations were taken into use; absent without any.",
            peers,
            EngineStatistics.Peer::keysNanosAgo),
        peerFlag(
            "culvert_peer_rekeying",
            "1 while newer keys wait for the first packet of the peer that proves them.",
            peers,
            EngineStatistics.Peer::rekeying),
        peerFlag(
            "culvert_peer_path_known",
            "1 once it is known from an authenticated packet where the peer is.",
            peers,
            peer -> peer.endpoint() != null));
  }

  private static Labels labels(EngineStatistics.Peer peer) {
    return Labels.of("vpn", peer.vpnId(), "peer", peer.nodeId());
  }

  private static MetricSnapshot peerPackets(List<EngineStatistics.Peer> peers) {
    CounterSnapshot.Builder family =
        CounterSnapshot.builder()
            .name("culvert_peer_packets")
            .help("Packets with the peer, after segmentation; with keepalives and probes.");
    for (EngineStatistics.Peer peer : peers) {
      family.dataPoint(counted(labels(peer).add("direction", "outbound"), peer.outboundPackets()));
      family.dataPoint(counted(labels(peer).add("direction", "inbound"), peer.inboundPackets()));
    }
    return family.build();
  }

  private static MetricSnapshot peerBytes(List<EngineStatistics.Peer> peers) {
    CounterSnapshot.Builder family =
        CounterSnapshot.builder()
            .name("culvert_peer_bytes")
            .unit(Unit.BYTES)
            .help("Bytes of inner packets with the peer.");
    for (EngineStatistics.Peer peer : peers) {
      family.dataPoint(counted(labels(peer).add("direction", "outbound"), peer.outboundBytes()));
      family.dataPoint(counted(labels(peer).add("direction", "inbound"), peer.inboundBytes()));
    }
    return family.build();
  }

  /** In seconds; a negative age is none. */
  private static MetricSnapshot peerAge(
      String name,
      String help,
      List<EngineStatistics.Peer> peers,
      ToLongFunction<EngineStatistics.Peer> nanos) {
    GaugeSnapshot.Builder family =
        GaugeSnapshot.builder().name(name + "_seconds").unit(Unit.SECONDS).help(help);
    for (EngineStatistics.Peer peer : peers) {
      long age = nanos.applyAsLong(peer);
      if (age >= 0) {
        family.dataPoint(measured(labels(peer), age / NANOS_PER_SECOND));
      }
    }
    return family.build();
  }

  private static MetricSnapshot peerFlag(
      String name,
      String help,
      List<EngineStatistics.Peer> peers,
      Predicate<EngineStatistics.Peer> fact) {
    GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
    peers.forEach(peer -> family.dataPoint(measured(labels(peer), fact.test(peer) ? 1 : 0)));
    return family.build();
  }

  private static List<MetricSnapshot> workers(EngineStatistics now) {
    return List.of(
        worker("culvert_packets", "Inner packets carried.", now, EngineStatistics.Worker::packets),
        workerBytes(
            "culvert_bytes",
            "Bytes of inner packets carried.",
            now,
            EngineStatistics.Worker::bytes),
        worker(
            "culvert_frames",
            "Frames of the TUN device, each of one packet or more.",
            now,
            EngineStatistics.Worker::frames),
        worker(
            "culvert_datagrams",
            "Datagrams of the outer network.",
            now,
            EngineStatistics.Worker::datagrams),
        worker(
            "culvert_batches",
            "System calls that carried datagrams; datagrams by batches is the mean size of a batch.",
            now,
            EngineStatistics.Worker::batches),
        workerBytes(
            "culvert_worker_allocated_bytes",
            "Heap that the worker's thread has allocated.",
            now,
            EngineStatistics.Worker::allocatedBytes));
  }

  private static MetricSnapshot worker(
      String name,
      String help,
      EngineStatistics now,
      ToLongFunction<EngineStatistics.Worker> count) {
    return worker(CounterSnapshot.builder().name(name).help(help), now, count);
  }

  private static MetricSnapshot workerBytes(
      String name,
      String help,
      EngineStatistics now,
      ToLongFunction<EngineStatistics.Worker> count) {
    return worker(CounterSnapshot.builder().name(name).unit(Unit.BYTES).help(help), now, count);
  }

  private static MetricSnapshot worker(
      CounterSnapshot.Builder family,
      EngineStatistics now,
      ToLongFunction<EngineStatistics.Worker> count) {
    return family
        .dataPoint(counted(Labels.of("direction", "outbound"), count.applyAsLong(now.outbound())))
        .dataPoint(counted(Labels.of("direction", "inbound"), count.applyAsLong(now.inbound())))
        .build();
  }

  private List<MetricSnapshot> engine(EngineStatistics now) {
    CounterSnapshot.Builder drops =
        CounterSnapshot.builder()
            .name("culvert_dropped_packets")
            .help("Packets that were not carried, by reason.");
    now.drops()
        .forEach(
            (reason, count) ->
                drops.dataPoint(
                    counted(Labels.of("reason", reason.name().toLowerCase(Locale.ROOT)), count)));
    return List.of(
        drops.build(),
        GaugeSnapshot.builder()
            .name("culvert_offload")
            .help("1 if the offload is in use.")
            .dataPoint(offload("tun_checksum", now.offloads().tun().checksums()))
            .dataPoint(offload("tun_tcp4", now.offloads().tun().tcpIpv4()))
            .dataPoint(offload("tun_tcp6", now.offloads().tun().tcpIpv6()))
            .dataPoint(offload("tun_udp", now.offloads().tun().udp()))
            .dataPoint(offload("udp_segmentation", now.offloads().udpSegmentation()))
            .build(),
        flag("culvert_engine_running", "0 once a worker has ended.", now.running()),
        flag("culvert_linked", "1 while a server has this agent.", linked.getAsBoolean()),
        InfoSnapshot.builder()
            .name("culvert_cipher")
            .help("The cipher implementation in use.")
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(Labels.of("implementation", now.aead()))
                    .build())
            .build());
  }

  private static MetricSnapshot flag(String name, String help, boolean fact) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(measured(Labels.EMPTY, fact ? 1 : 0))
        .build();
  }

  private static CounterDataPointSnapshot counted(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }

  private static GaugeDataPointSnapshot offload(String name, boolean inUse) {
    return measured(Labels.of("offload", name), inUse ? 1 : 0);
  }

  private static GaugeDataPointSnapshot measured(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
