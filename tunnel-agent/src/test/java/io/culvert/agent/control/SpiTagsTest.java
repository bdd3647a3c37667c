package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpiTagsTest {
  private final SpiTags tags = new SpiTags();

  @Test
  void areDistinctAndInRangeUntilNoneIsLeft() {
    for (int i = 0; i < 200; i++) {
      tags.choose("acme/vpn" + i);
    }
    assertThat(tags.all().values())
        .hasSize(127)
        .doesNotHaveDuplicates()
        .allMatch(tag -> tag >= 1 && tag <= 127);
    assertThat(tags.of("acme/vpn199")).isZero();
  }

  @Test
  void stayForTheLifeOfTheProcess() {
    tags.choose("acme/a");
    int first = tags.of("acme/a");
    tags.choose("acme/b");
    tags.choose("acme/a");
    assertThat(tags.of("acme/a")).isEqualTo(first);
  }

  @Test
  void areZeroForAnUnknownVpn() {
    assertThat(tags.of("acme/none")).isZero();
  }
}
