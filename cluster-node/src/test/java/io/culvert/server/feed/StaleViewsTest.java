package io.culvert.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A feed whose entity does not answer: it serves what it knows, and says how old that is. */
class StaleViewsTest {
  private final FeedWorld world = new FeedWorld();

  StaleViewsTest() {
    world.admit(0, true);
    world.admit(1, true);
    world.settle();
    world.join(0);
  }

  private void silence() {
    world.renewInVain();
    world.renewInVain();
  }

  @Test
  void whoComesWhileTheEntityIsSilentGetsTheViewWithItsAge() {
    silence();

    world.join(1);

    world.check();
    assertThat(world.staleMillis(1)).isEqualTo(4_000);
    assertThat(world.staleMillis(0)).as("was not told yet").isZero();
    assertThat(world.silentFeeds()).isEqualTo(1);
  }

  @Test
  void aSingleRenewalWithoutAnAnswerIsNoSilence() {
    world.renewInVain();

    world.join(1);

    assertThat(world.staleMillis(1)).isZero();
    assertThat(world.silentFeeds()).isZero();
  }

  @Test
  void theAgeGrows() {
    silence();
    world.join(1);
    world.renewInVain();

    world.leave(1);
    world.join(1);

    assertThat(world.staleMillis(1)).isEqualTo(6_000);
  }

  @Test
  void presenceGoesOnAndSaysTheAgeToo() {
    silence();

    world.comeOnline(1);

    world.check();
    assertThat(world.staleMillis(0)).isEqualTo(4_000);
  }

  @Test
  void allAreToldWhenTheEntityAnswersAgain() {
    silence();
    world.join(1);
    world.comeOnline(1);

    world.renewSubscription();

    world.check();
    assertThat(world.staleMillis(0)).isZero();
    assertThat(world.staleMillis(1)).isZero();
    assertThat(world.silentFeeds()).isZero();
  }

  @Test
  void aChangeThatComesFirstEndsTheSilenceToo() {
    silence();
    world.join(1);

    world.admit(2, true);

    world.check();
    assertThat(world.staleMillis(1)).isZero();
  }

  @Test
  void whoJoinsAfterTheSilenceGetsAViewWithoutAnAge() {
    silence();
    world.join(1);
    world.renewSubscription();

    world.leave(1);
    world.join(1);

    world.check();
    assertThat(world.staleMillis(1)).isZero();
  }

  @Test
  void aFeedThatStopsIsNotCountedAnyMore() {
    silence();

    world.stop();

    assertThat(world.silentFeeds()).isZero();
  }
}
