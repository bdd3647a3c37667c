package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.Iperf.Direction;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Ping;
import io.culvert.acceptance.lab.ProcessUse;
import io.culvert.acceptance.lab.RoundTrips;
import io.culvert.acceptance.lab.TcpReport;
import io.culvert.acceptance.lab.UdpReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.ToDoubleFunction;

/** Measures one path once, and adds to its samples. */
final class PathProbe {
  private static final int MANY_STREAMS = 4;
  private static final int SMALL_BYTES = 64;
  private static final int LARGE_BYTES = 1200;
  private static final double BYTES_IN_GIGABYTE = 1e9;
  private static final double NANOS_IN_SECOND = 1e9;
  private static final double P99 = 99;

  /** Between two pings: a p99 needs hundreds of them. */
  private static final int IDLE_PAUSE_MILLIS = 5;

  private static final int LOADED_PAUSE_MILLIS = 10;
  private static final int MILLIS_IN_SECOND = 1000;

  /** A TCP stream has found its rate by then. */
  private static final Duration LOAD_BEGINS = Duration.ofMillis(300);

  private final int seconds;

  /**
   * A probe.
   *
   * @param seconds that count in each measurement
   */
  PathProbe(int seconds) {
    this.seconds = seconds;
  }

  /** One TCP stream to the other host, and what it cost. */
  void oneStream(MeasuredPath path) {
    double before = processorSeconds(path);
    TcpReport report = tcp(path, 1, Direction.TO_SERVER);
    double used = processorSeconds(path) - before;
    path.samples().add(Metric.TCP1, report.gigabitsPerSecond());
    if (!path.processes().isEmpty()) {
      double gigabytes = report.carriedBytes() / BYTES_IN_GIGABYTE;
      path.samples().add(Metric.CPU_S_PER_GB, used / gigabytes);
      path.samples().add(Metric.RSS_MIB, greatest(path, ProcessUse::residentMib));
    }
  }

  /** One stream back, four streams both ways. */
  void moreStreams(MeasuredPath path) {
    add(path, Metric.TCP1_REVERSE, 1, Direction.FROM_SERVER);
    add(path, Metric.TCP4, MANY_STREAMS, Direction.TO_SERVER);
    add(path, Metric.TCP4_REVERSE, MANY_STREAMS, Direction.FROM_SERVER);
  }

  private void add(MeasuredPath path, Metric metric, int streams, Direction direction) {
    path.samples().add(metric, tcp(path, streams, direction).gigabitsPerSecond());
  }

  private TcpReport tcp(MeasuredPath path, int streams, Direction direction) {
    MeasuredPath.Ends ends = path.ends();
    return ends.iperf().tcp(ends.first(), path.address(), streams, direction, seconds);
  }

  /** Small and large datagrams to the other host, as many as the sender can send. */
  void datagrams(MeasuredPath path) {
    datagrams(path, SMALL_BYTES, Metric.UDP64, Metric.UDP64_LOSS);
    datagrams(path, LARGE_BYTES, Metric.UDP1200, Metric.UDP1200_LOSS);
  }

  private void datagrams(MeasuredPath path, int payloadBytes, Metric arrived, Metric lost) {
    MeasuredPath.Ends ends = path.ends();
    UdpReport report = ends.iperf().udp(ends.first(), path.address(), payloadBytes, seconds);
    path.samples().add(arrived, report.packetsPerSecond());
    path.samples().add(lost, report.lossPercent());
  }

  /** Pings on a path that carries nothing else, and beside one TCP stream. */
  void pings(MeasuredPath path) {
    RoundTrips idle = ping(path, IDLE_PAUSE_MILLIS);
    path.samples().add(Metric.PING_MEAN, idle.meanMillis());
    path.samples().add(Metric.PING_P99, idle.percentileMillis(P99));
    RoundTrips loaded = loadedPing(path);
    path.samples().add(Metric.PING_LOADED_MEAN, loaded.meanMillis());
    path.samples().add(Metric.PING_LOADED_P99, loaded.percentileMillis(P99));
  }

  private RoundTrips loadedPing(MeasuredPath path) {
    MeasuredPath.Ends ends = path.ends();
    var load =
        CompletableFuture.runAsync(
            () -> ends.iperf().load(ends.first(), path.address(), seconds + 1));
    Await.pause(LOAD_BEGINS);
    RoundTrips loaded = ping(path, LOADED_PAUSE_MILLIS);
    try {
      load.join();
    } catch (CompletionException e) {
      throw new LabException("the load of %s failed: %s".formatted(path.name(), e.getCause()), e);
    }
    return loaded;
  }

  private RoundTrips ping(MeasuredPath path, int pauseMillis) {
    int count = seconds * MILLIS_IN_SECOND / pauseMillis;
    return Ping.series(path.ends().first(), path.address(), count, pauseMillis);
  }

  private static double processorSeconds(MeasuredPath path) {
    return path.processes().stream()
        .mapToDouble(pid -> ProcessUse.processorTime(pid).toNanos() / NANOS_IN_SECOND)
        .sum();
  }

  private static double greatest(MeasuredPath path, ToDoubleFunction<Long> use) {
    return path.processes().stream().mapToDouble(use).max().orElseThrow();
  }
}
