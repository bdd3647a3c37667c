package io.culvert.server.bootstrap;

import static io.culvert.server.bootstrap.Founding.Seen.ABSENT;
import static io.culvert.server.bootstrap.Founding.Seen.PRESENT;
import static io.culvert.server.bootstrap.Founding.Seen.SILENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.bootstrap.Founding.Seen;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FoundingTest {
  private static final List<String> SEEDS = List.of("a:1", "b:1", "c:1");

  private static Founding asFirst(Seen... others) {
    return Founding.decide(SEEDS, "a:1", List.of(others));
  }

  @Test
  void withoutSeedsAServerFoundsAlone() {
    assertThat(Founding.decide(List.of(), "a:1", List.of())).isEqualTo(Founding.FOUND);
    assertThat(Founding.decide(List.of("a:1"), "a:1", List.of())).isEqualTo(Founding.FOUND);
  }

  @Test
  void onlyTheFirstEverFounds() {
    for (Seen seen : Seen.values()) {
      Collection<Seen> others = Collections.nCopies(2, seen);
      assertThat(Founding.decide(SEEDS, "b:1", others)).isEqualTo(Founding.JOIN);
      assertThat(Founding.decide(SEEDS, "c:1", others)).isEqualTo(Founding.JOIN);
      assertThat(Founding.decide(SEEDS, "stranger:1", others)).isEqualTo(Founding.JOIN);
    }
  }

  @Test
  void theFirstFoundsAtOnceWhenNobodyIsThere() {
    assertThat(asFirst(ABSENT, ABSENT)).isEqualTo(Founding.FOUND);
  }

  @Test
  void theFirstAsksWhoeverIsThere() {
    assertThat(asFirst(PRESENT, ABSENT)).isEqualTo(Founding.ASK);
    assertThat(asFirst(PRESENT, SILENT)).isEqualTo(Founding.ASK);
  }

  @Test
  void theFirstFoundsBesideASilentMinorityOnly() {
    assertThat(asFirst(ABSENT, SILENT)).isEqualTo(Founding.FOUND);
    assertThat(asFirst(SILENT, SILENT)).isEqualTo(Founding.LOOK_AGAIN);
    assertThat(Founding.decide(List.of("a:1", "b:1"), "a:1", List.of(SILENT)))
        .as("a half may be the cluster that went on")
        .isEqualTo(Founding.LOOK_AGAIN);
  }
}
