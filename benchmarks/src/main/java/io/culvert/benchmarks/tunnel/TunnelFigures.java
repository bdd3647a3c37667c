package io.culvert.benchmarks.tunnel;

import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Figure.Better;
import io.culvert.benchmarks.Medians;
import io.culvert.benchmarks.tunnel.Samples.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What follows from the samples; a figure whose parts were not measured is left out. */
final class TunnelFigures {
  private static final double TCP1_TARGET = 0.5;
  private static final double TCP1_JDK_TARGET = 0.38;
  private static final double PEER_TCP1_TARGET = 8;
  private static final double LOADED_P99_TARGET_MS = 2;

  private final List<Samples> paths;
  private final boolean ipsecMb;
  private final List<Figure> figures = new ArrayList<>();

  private TunnelFigures(List<Samples> paths, boolean ipsecMb) {
    this.paths = paths;
    this.ipsecMb = ipsecMb;
  }

  /**
   * The figures with targets first, then the median of each metric of each path.
   *
   * @param ipsecMb whether Culvert's agents use intel-ipsec-mb
   * @param allocatedBytesPerPacket by Culvert's agents, a value for each round
   */
  static List<Figure> of(
      List<Samples> paths, boolean ipsecMb, List<Double> allocatedBytesPerPacket) {
    TunnelFigures all = new TunnelFigures(paths, ipsecMb);
    all.besideRaw();
    all.besidePeers();
    all.alone();
    if (!allocatedBytesPerPacket.isEmpty()) {
      double allocated = Medians.of(allocatedBytesPerPacket);
      all.figures.add(
          new Figure("allocated_bytes_per_packet", allocated, "bytes", 0, Better.LOWER));
    }
    all.medians();
    return List.copyOf(all.figures);
  }

  private void besideRaw() {
    double withWhatThereIs = ipsecMb ? TCP1_TARGET : TCP1_JDK_TARGET;
    ratioToRaw("tcp1_ratio_to_raw", Kind.CULVERT, Metric.TCP1, withWhatThereIs);
    ratioToRaw("tcp1_jdk_ratio_to_raw", Kind.CULVERT_JDK, Metric.TCP1, TCP1_JDK_TARGET);
    ratioToRaw("tcp4_ratio_to_raw", Kind.CULVERT, Metric.TCP4, withWhatThereIs);
  }

  /** The median of the rounds' ratios: what slows a whole round slows both. */
  private void ratioToRaw(String name, Kind kind, Metric metric, double target) {
    List<Double> own = samples(kind).map(samples -> samples.of(metric)).orElse(List.of());
    List<Double> raw = samples(Kind.RAW).map(samples -> samples.of(metric)).orElse(List.of());
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < Math.min(own.size(), raw.size()); round++) {
      ratios.add(own.get(round) / raw.get(round));
    }
    if (!ratios.isEmpty()) {
      figures.add(new Figure(name, Medians.of(ratios), "ratio", target, Better.HIGHER));
    }
  }

  private void besidePeers() {
    ratioToBestPeer("tcp1_ratio_to_best_peer", Metric.TCP1, PEER_TCP1_TARGET);
    ratioToBestPeer("udp64_pps_ratio_to_best_peer", Metric.UDP64, 1);
    ratioToBestPeer("udp1200_pps_ratio_to_best_peer", Metric.UDP1200, 1);
    ratioToBestPeer("ping_mean_ratio_to_best_peer", Metric.PING_MEAN, 1);
    ratioToBestPeer("ping_p99_ratio_to_best_peer", Metric.PING_P99, 1);
  }

  private void ratioToBestPeer(String name, Metric metric, double target) {
    OptionalDouble own = median(metric);
    OptionalDouble best = bestPeer(metric);
    if (own.isPresent() && best.isPresent()) {
      double ratio = own.getAsDouble() / best.getAsDouble();
      figures.add(new Figure(name, ratio, "ratio", target, metric.better()));
    }
  }

  private void alone() {
    median(Metric.PING_LOADED_P99)
        .ifPresent(
            millis ->
                figures.add(
                    new Figure(
                        "ping_loaded_p99_ms", millis, "ms", LOADED_P99_TARGET_MS, Better.LOWER)));
    median(Metric.CPU_S_PER_GB).ifPresent(cost -> figures.add(besideCheapestPeer(cost)));
  }

  /** The best peer's cost is the target; without a peer there is none. */
  private Figure besideCheapestPeer(double cost) {
    String name = "cpu_s_per_gb";
    OptionalDouble cheapest = bestPeer(Metric.CPU_S_PER_GB);
    return cheapest.isPresent()
        ? new Figure(name, cost, "s", cheapest.getAsDouble(), Better.LOWER)
        : Figure.plain(name, cost, "s", Better.LOWER);
  }

  private void medians() {
    for (Samples path : paths) {
      for (Metric metric : Metric.values()) {
        String name = path.figurePrefix() + "_" + metric.figure();
        path.median(metric)
            .ifPresent(
                value -> figures.add(Figure.plain(name, value, metric.unit(), metric.better())));
      }
    }
  }

  private OptionalDouble median(Metric metric) {
    return samples(Kind.CULVERT)
        .map(samples -> samples.median(metric))
        .orElse(OptionalDouble.empty());
  }

  private OptionalDouble bestPeer(Metric metric) {
    return paths.stream()
        .filter(path -> path.kind() == Kind.PEER)
        .flatMapToDouble(path -> path.median(metric).stream())
        .reduce(metric::best);
  }

  private Optional<Samples> samples(Kind kind) {
    return paths.stream().filter(path -> path.kind() == kind).findFirst();
  }
}
