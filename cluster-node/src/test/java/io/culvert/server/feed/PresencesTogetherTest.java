package io.culvert.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A feed that hears of many presences before it has told any. */
class PresencesTogetherTest {
  private final FeedWorld world = new FeedWorld();

  PresencesTogetherTest() {
    for (int who = 0; who < FeedWorld.NODES; who++) {
      world.admit(who, true);
    }
    world.settle();
    world.join(0);
  }

  @Test
  void areToldInOneUpdate() {
    long before = world.sequence(0);

    for (int who = 1; who < FeedWorld.NODES; who++) {
      world.comeOnlineMeanwhile(who);
    }
    world.settleDown();

    world.check();
    assertThat(world.sequence(0)).isEqualTo(before + 1);
  }

  @Test
  void areToldBeforeAChangeOfTheVpn() {
    world.comeOnlineMeanwhile(1);

    world.renewSecret(true);

    world.check();
  }

  @Test
  void areInTheSnapshotOfWhoJoinsMeanwhile() {
    world.comeOnlineMeanwhile(1);

    world.join(2);

    world.check();
  }

  /** Of hubs and spokes: a spoke's presence is nothing to other spokes. */
  @Test
  void areNotToldToThoseWhoDoNotSeeThem() {
    world.changeTopology(true);
    world.join(1);
    long hub = world.sequence(0);
    long spoke = world.sequence(1);

    world.comeOnline(2);

    world.check();
    assertThat(world.sequence(0)).isEqualTo(hub + 1);
    assertThat(world.sequence(1)).isEqualTo(spoke);
  }
}
