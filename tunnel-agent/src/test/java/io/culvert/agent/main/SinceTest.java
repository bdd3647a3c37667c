package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinceTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-25T12:03:04.900Z, 12:03:04 (0 s)",
    "2026-11-25T12:03:55Z, 12:03:04 (51 s)",
    "2026-11-25T12:08:30Z, 12:03:04 (5 min)",
    "2026-11-25T23:03:03Z, 12:03:04 (10 h)",
    "2026-11-26T00:00:00Z, 2026-11-25 12:03:04 (11 h)",
    "2026-12-25T12:03:04Z, 2026-11-25 12:03:04 (30 d)",
    "2026-11-25T12:03:00Z, 12:03:04 (0 s)"
  })
  void isTheTimeAndHowLongAgo(Instant now, String text) {
    assertThat(Since.text(Instant.parse("2026-11-25T12:03:04Z"), now, ZoneOffset.UTC))
        .isEqualTo(text);
  }
}
