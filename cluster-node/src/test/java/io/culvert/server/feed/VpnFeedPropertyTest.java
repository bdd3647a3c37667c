package io.culvert.server.feed;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class VpnFeedPropertyTest {
  /**
   * @param kind what happens
   * @param who to which of the few nodes
   * @param heard whether the feed hears the entity, and the agent its next frame
   */
  record Step(Kind kind, int who, boolean heard) {}

  enum Kind {
    ADMIT,
    ADMIT_MANY,
    REMOVE,
    CHANGE_ROLE,
    CHANGE_TOPOLOGY,
    CHANGE_CIPHER,
    RENEW_SECRET,
    COME_ONLINE,
    COME_ONLINE_MEANWHILE,
    GO_OFFLINE,
    JOIN,
    LEAVE,
    LOSE_FRAMES,
    PULL,
    RENEW_SUBSCRIPTION,
    RENEW_IN_VAIN,
    SETTLE
  }

  @Property(tries = 1000)
  void everyAgentThatAppliesItsFramesHasTheViewThatTheStateGivesIt(
      @ForAll("steps") List<Step> steps) {
    FeedWorld world = new FeedWorld();
    for (Step step : steps) {
      perform(world, step);
      world.check();
    }
    world.hearAgain();
    world.check();
  }

  private static void perform(FeedWorld world, Step step) {
    switch (step.kind()) {
      case ADMIT -> world.admit(step.who(), step.heard());
      case ADMIT_MANY -> world.admitFrom(step.who(), step.heard());
      case REMOVE -> world.remove(step.who(), step.heard());
      case CHANGE_ROLE -> world.changeRole(step.who(), step.heard());
      case CHANGE_TOPOLOGY -> world.changeTopology(step.heard());
      case CHANGE_CIPHER -> world.changeCipher(step.heard());
      case RENEW_SECRET -> world.renewSecret(step.heard());
      case COME_ONLINE -> world.comeOnline(step.who());
      case COME_ONLINE_MEANWHILE -> world.comeOnlineMeanwhile(step.who());
      case GO_OFFLINE -> world.goOffline(step.who());
      case JOIN -> world.join(step.who());
      case LEAVE -> world.leave(step.who());
      case PULL -> world.pull(step.who());
      case LOSE_FRAMES -> world.loseNextFrame(step.who());
      case RENEW_SUBSCRIPTION -> world.renewSubscription();
      case RENEW_IN_VAIN -> world.renewInVain();
      case SETTLE -> world.settle();
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, FeedWorld.NODES - 1),
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.just(true)),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(false))))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }
}
