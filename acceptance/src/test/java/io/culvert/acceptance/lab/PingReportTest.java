package io.culvert.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PingReportTest {
  @Test
  void countsAnAnswerToEveryRequestAsComplete() {
    PingReport report = PingReport.parse(answers(1, 2, 3, 4));
    assertThat(report).isEqualTo(new PingReport(4, 0, 0, 1.5));
    assertThat(report.complete()).isTrue();
  }

  @Test
  void countsAGapBetweenAnswersAsLost() {
    PingReport report = PingReport.parse(answers(1, 2, 5));
    assertThat(report.lost()).isEqualTo(2);
    assertThat(report.complete()).isFalse();
  }

  @Test
  void countsSecondAnswersApart() {
    assertThat(PingReport.parse(answers(1, 2, 2, 3))).isEqualTo(new PingReport(3, 0, 1, 1.5));
  }

  @Test
  void doesNotTakeSilenceForSuccess() {
    assertThat(PingReport.parse("PING 198.18.0.1\n").complete()).isFalse();
  }

  private static String answers(int... sequences) {
    return IntStream.of(sequences)
        .mapToObj("64 bytes from 10.77.0.2: icmp_seq=%d ttl=64 time=1.50 ms"::formatted)
        .collect(Collectors.joining("\n"));
  }
}
