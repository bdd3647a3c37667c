package io.culvert.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchResultTest {
  private static final BenchResult RESULT =
      new BenchResult(
          "tunnel",
          "a machine",
          List.of(
              new Figure("tcp1_ratio_to_raw", 0.2, "ratio", 0.15, Figure.Better.HIGHER),
              new Figure("allocated_bytes_per_packet", 0.5, "bytes", 0, Figure.Better.LOWER)));

  @Test
  void jsonHasTheAgreedShape() {
    assertThat(RESULT.json())
        .isEqualTo(
            "{\"bench\":\"tunnel\",\"machine\":\"a machine\",\"figures\":["
                + "{\"name\":\"tcp1_ratio_to_raw\",\"value\":0.2,\"unit\":\"ratio\",\"target\":0.15,\"met\":true},"
                + "{\"name\":\"allocated_bytes_per_packet\",\"value\":0.5,\"unit\":\"bytes\",\"target\":0.0,\"met\":false}]}");
  }

  @Test
  void saysWhatIsMissing() {
    BenchResult partly =
        new BenchResult("journal", "a machine", List.of(), List.of("x: no x here"));

    assertThat(partly.json())
        .isEqualTo(
            "{\"bench\":\"journal\",\"machine\":\"a machine\",\"figures\":[],\"missing\":[\"x: no x here\"]}");
    assertThat(partly.table()).contains("not measured: x: no x here");
  }

  @Test
  void tableSaysWhichTargetIsNotMet() {
    assertThat(RESULT.table())
        .containsPattern("tcp1_ratio_to_raw .* met")
        .containsPattern("allocated_bytes_per_packet .* NOT met");
  }

  @Test
  void aTargetIsMetWhenItIsReachedExactly() {
    assertThat(new Figure("x", 0, "bytes", 0, Figure.Better.LOWER).met()).isTrue();
    assertThat(new Figure("x", 0.15, "ratio", 0.15, Figure.Better.HIGHER).met()).isTrue();
  }

  @Test
  void aNumberThatNothingIsAskedOfHasNeitherTargetNorVerdict() {
    BenchResult result =
        new BenchResult(
            "tunnel",
            "a machine",
            List.of(Figure.plain("raw_tcp1_gbit_s", 12.5, "Gbit/s", Figure.Better.HIGHER)));

    assertThat(result.json())
        .isEqualTo(
            "{\"bench\":\"tunnel\",\"machine\":\"a machine\",\"figures\":["
                + "{\"name\":\"raw_tcp1_gbit_s\",\"value\":12.5,\"unit\":\"Gbit/s\"}]}");
    assertThat(result.table()).contains("raw_tcp1_gbit_s").doesNotContain("target");
  }
}
