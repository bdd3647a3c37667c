package io.culvert.benchmarks.tunnel;

import io.culvert.benchmarks.Figure.Better;

/** What is measured of one path. */
enum Metric {
  TCP1("tcp1_gbit_s", "Gbit/s", Better.HIGHER),
  TCP1_REVERSE("tcp1_reverse_gbit_s", "Gbit/s", Better.HIGHER),
  TCP4("tcp4_gbit_s", "Gbit/s", Better.HIGHER),
  TCP4_REVERSE("tcp4_reverse_gbit_s", "Gbit/s", Better.HIGHER),
  UDP64("udp64_pps", "packets/s", Better.HIGHER),
  UDP64_LOSS("udp64_loss_percent", "%", Better.LOWER),
  UDP1200("udp1200_pps", "packets/s", Better.HIGHER),
  UDP1200_LOSS("udp1200_loss_percent", "%", Better.LOWER),
  PING_MEAN("ping_mean_ms", "ms", Better.LOWER),
  PING_P99("ping_p99_ms", "ms", Better.LOWER),
  PING_LOADED_MEAN("ping_loaded_mean_ms", "ms", Better.LOWER),
  PING_LOADED_P99("ping_loaded_p99_ms", "ms", Better.LOWER),
  CPU_S_PER_GB("cpu_s_per_gb", "s", Better.LOWER),
  RSS_MIB("rss_mib", "MiB", Better.LOWER);

  private final String figure;
  private final String unit;
  private final Better better;

  Metric(String figure, String unit, Better better) {
    this.figure = figure;
    this.unit = unit;
    this.better = better;
  }

  /** The end of a figure's name, after that of the path. */
  String figure() {
    return figure;
  }

  String unit() {
    return unit;
  }

  Better better() {
    return better;
  }

  /** Of two values the one that a user would rather have. */
  double best(double one, double other) {
    return better == Better.HIGHER ? Math.max(one, other) : Math.min(one, other);
  }
}
