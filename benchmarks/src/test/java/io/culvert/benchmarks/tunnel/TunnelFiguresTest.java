package io.culvert.benchmarks.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.tunnel.Samples.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TunnelFiguresTest {
  private final Samples raw = new Samples("raw", Kind.RAW);
  private final Samples culvert = new Samples("culvert", Kind.CULVERT);
  private final Samples jdk = new Samples("culvert-jdk", Kind.CULVERT_JDK);
  private final Samples nebula = new Samples("nebula", Kind.PEER);
  private final Samples wireguard = new Samples("wireguard-go", Kind.PEER);

  @Test
  void aRatioToTheRawPathIsTheMedianOfTheRoundsRatios() {
    add(raw, Metric.TCP1, 10, 20, 10);
    add(culvert, Metric.TCP1, 5, 8, 4);

    assertThat(figure("tcp1_ratio_to_raw").value()).isEqualTo(0.4);
  }

  @Test
  void theTargetOfOneStreamDependsOnWhoComputesTheCiphers() {
    add(raw, Metric.TCP1, 10);
    add(culvert, Metric.TCP1, 4);
    add(jdk, Metric.TCP1, 3);

    assertThat(figure("tcp1_ratio_to_raw").target()).isEqualTo(0.5);
    assertThat(figure(false, "tcp1_ratio_to_raw").orElseThrow().target()).isEqualTo(0.38);
    assertThat(figure("tcp1_jdk_ratio_to_raw").value()).isEqualTo(0.3);
    assertThat(figure("tcp1_jdk_ratio_to_raw").target()).isEqualTo(0.38);
  }

  @Test
  void theBestPeerIsTheFastestOne() {
    add(culvert, Metric.TCP1, 6);
    add(nebula, Metric.TCP1, 0.5, 0.7, 0.9);
    add(wireguard, Metric.TCP1, 0.6, 0.6, 3);

    assertThat(figure("tcp1_ratio_to_best_peer").value()).isEqualTo(6 / 0.7, within(1e-9));
    assertThat(figure("tcp1_ratio_to_best_peer").met()).isTrue();
  }

  @Test
  void ofPingsTheBestPeerIsTheQuickestOneAndLessIsBetter() {
    add(culvert, Metric.PING_MEAN, 0.3);
    add(nebula, Metric.PING_MEAN, 0.2);
    add(wireguard, Metric.PING_MEAN, 0.4);

    assertThat(figure("ping_mean_ratio_to_best_peer").value()).isEqualTo(1.5, within(1e-9));
    assertThat(figure("ping_mean_ratio_to_best_peer").met()).isFalse();
  }

  @Test
  void costIsComparedWithTheCheapestPeerAndWithNothingIfThereIsNone() {
    add(culvert, Metric.CPU_S_PER_GB, 3);
    assertThat(figure("cpu_s_per_gb").target()).isNull();

    add(nebula, Metric.CPU_S_PER_GB, 12);
    assertThat(figure("cpu_s_per_gb").target()).isEqualTo(12);
    assertThat(figure("cpu_s_per_gb").met()).isTrue();
  }

  @Test
  void whatWasNotMeasuredIsLeftOut() {
    add(raw, Metric.TCP1, 10);
    add(culvert, Metric.TCP1, 5);

    assertThat(TunnelFigures.of(paths(), true, List.of(0.0)))
        .extracting(Figure::name)
        .containsExactly(
            "tcp1_ratio_to_raw",
            "allocated_bytes_per_packet",
            "raw_tcp1_gbit_s",
            "culvert_tcp1_gbit_s");
  }

  @Test
  void theMediansOfAPeerHaveItsNameAndNoTarget() {
    add(wireguard, Metric.UDP64, 100, 300, 200);

    assertThat(figure("wireguard_go_udp64_pps").value()).isEqualTo(200);
    assertThat(figure("wireguard_go_udp64_pps").target()).isNull();
    assertThat(figure("wireguard_go_udp64_pps").met()).isNull();
  }

  @Test
  void aReportOfARoundHasTheNewestValues() {
    add(nebula, Metric.TCP1, 0.5, 0.7);
    add(nebula, Metric.UDP64, 4000);

    assertThat(RoundReport.of(nebula)).isEqualTo("  nebula: tcp1_gbit_s 0.70, udp64_pps 4000.00");
  }

  private static void add(Samples samples, Metric metric, double... values) {
    for (double value : values) {
      samples.add(metric, value);
    }
  }

  private Figure figure(String name) {
    return figure(true, name).orElseThrow();
  }

  private Optional<Figure> figure(boolean ipsecMb, String name) {
    return TunnelFigures.of(paths(), ipsecMb, List.of()).stream()
        .filter(figure -> figure.name().equals(name))
        .findFirst();
  }

  private List<Samples> paths() {
    return List.of(raw, culvert, jdk, wireguard, nebula);
  }
}
