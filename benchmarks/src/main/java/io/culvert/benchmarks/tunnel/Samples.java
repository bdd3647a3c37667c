package io.culvert.benchmarks.tunnel;

import io.culvert.benchmarks.Medians;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured of one path, a value for each round. */
final class Samples {
  /** What a path is in this measurement. */
  enum Kind {
    /** The veth pair itself. */
    RAW,
    /** Culvert, as it is installed. */
    CULVERT,
    /** Culvert with the JDK's ciphers: one TCP stream only. */
    CULVERT_JDK,
    /** Another VPN. */
    PEER
  }

  private final String path;
  private final Kind kind;
  private final Map<Metric, List<Double>> values = new EnumMap<>(Metric.class);

  Samples(String path, Kind kind) {
    this.path = path;
    this.kind = kind;
  }

  /** The path's name, as a person knows it. */
  String path() {
    return path;
  }

  /** The path's part of a figure's name: letters, digits and underscores. */
  String figurePrefix() {
    return path.replace('-', '_');
  }

  Kind kind() {
    return kind;
  }

  void add(Metric metric, double value) {
    values.computeIfAbsent(metric, ignored -> new ArrayList<>()).add(value);
  }

  /** All values in the order of the rounds; none if it was not measured. */
  List<Double> of(Metric metric) {
    return List.copyOf(values.getOrDefault(metric, List.of()));
  }

  /** The median of the rounds; empty if it was not measured. */
  OptionalDouble median(Metric metric) {
    List<Double> all = of(metric);
    return all.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Medians.of(all));
  }
}
