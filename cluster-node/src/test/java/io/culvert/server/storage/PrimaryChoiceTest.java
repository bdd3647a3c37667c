package io.culvert.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.storage.HostReport.Primary;
import io.culvert.server.storage.HostReport.Silent;
import io.culvert.server.storage.HostReport.Standby;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimaryChoiceTest {
  @Test
  void choosesTheOnlyPrimary() {
    assertThat(PrimaryChoice.of(List.of(new Standby("a"), new Primary("b", 3, 0)), 3))
        .isEqualTo(new PrimaryChoice.Chosen("b", 3));
  }

  @Test
  void choosesTheOneThatWasPromotedLast() {
    assertThat(PrimaryChoice.of(List.of(new Primary("a", 1, 0), new Primary("b", 2, 0)), 1))
        .isEqualTo(new PrimaryChoice.Chosen("b", 2));
  }

  @Test
  void neverGoesBackToAnOldPrimary() {
    assertThat(PrimaryChoice.of(List.of(new Primary("a", 1, 0), new Silent("b", "is silent")), 2))
        .isEqualTo(
            new PrimaryChoice.None(
                "no primary: a is an old primary (timeline 1, the newest seen is 2); b: is silent"));
  }

  @Test
  void choosesNoneOfTwoThatAreEquallyNew() {
    assertThat(PrimaryChoice.of(List.of(new Primary("a", 2, 0), new Primary("b", 2, 0)), 1))
        .isInstanceOfSatisfying(
            PrimaryChoice.None.class,
            none -> assertThat(none.reason()).contains("a and b are both primaries"));
  }

  @Test
  void doesNotUseAPrimaryThatWaitsForItsStandby() {
    assertThat(PrimaryChoice.of(List.of(new Primary("a", 1, 4), new Silent("b", "is silent")), 1))
        .isInstanceOfSatisfying(
            PrimaryChoice.None.class,
            none -> assertThat(none.reason()).contains("a waits for its synchronous standby"));
  }

  @Test
  void saysWhyThereIsNone() {
    assertThat(PrimaryChoice.of(List.of(new Standby("a"), new Silent("b", "refused")), 0))
        .isEqualTo(new PrimaryChoice.None("no primary: a is a standby; b: refused"));
  }
}
