package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CommandHistoryTest {
  private final CommandHistory history = new CommandHistory();

  @Test
  void findsALostCreation() {
    history.created("a");
    history.created("b");

    assertThat(history.contradictions(Set.of("b")))
        .containsExactly("a is ABSENT, but was acknowledged to be [PRESENT]");
  }

  @Test
  void findsALostDeletion() {
    history.created("a");
    history.deleted("a");

    assertThat(history.contradictions(Set.of("a"))).hasSize(1);
    assertThat(history.contradictions(Set.of())).isEmpty();
  }

  @Test
  void allowsBothForWhatWasNotAnswered() {
    history.unanswered("a");

    assertThat(history.contradictions(Set.of("a"))).isEmpty();
    assertThat(history.contradictions(Set.of())).isEmpty();
  }

  @Test
  void findsWhatNobodyAskedFor() {
    assertThat(history.contradictions(Set.of("ghost")))
        .containsExactly("ghost was never asked for");
  }
}
