package io.culvert.server.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.dns.Upkeep.Status;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One server's upkeep of a name in memory. */
class UpkeepTest {
  private static final InetAddress OWN = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OWN_IPV6 = InetAddress.ofLiteral("2001:db8::1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");
  private static final InetAddress STRANGER = InetAddress.ofLiteral("192.0.2.99");

  private final Set<InetAddress> zone = new HashSet<>();
  private final Set<InetAddress> others = new HashSet<>();
  private int changes;
  private @Nullable String refusal;

  private final Upkeep upkeep =
      new Upkeep(
          new RoundRobinName() {
            @Override
            public Set<InetAddress> addresses() throws ZoneException {
              refuse();
              return Set.copyOf(zone);
            }

            @Override
            public void change(Set<InetAddress> add, Set<InetAddress> remove) throws ZoneException {
              refuse();
              changes++;
              zone.removeAll(remove);
              zone.addAll(add);
            }
          },
          List.of(OWN, OWN_IPV6),
          () -> others,
          new Random(1));

  private void refuse() throws ZoneException {
    if (refusal != null) {
      throw new ZoneException(refusal);
    }
  }

  @Test
  void addsItsAddressesBesideThoseOfOthers() {
    zone.add(OTHER);
    assertThat(upkeep.status()).isEqualTo(Status.UNKNOWN);
    assertThat(upkeep.round()).isEqualTo(Upkeep.INTERVAL);
    assertThat(zone).containsExactlyInAnyOrder(OWN, OWN_IPV6, OTHER);
    assertThat(upkeep.status()).isEqualTo(Status.LISTED);
  }

  @Test
  void changesNothingWhileAllIsThere() {
    upkeep.round();
    upkeep.round();
    assertThat(changes).isEqualTo(1);
  }

  @Test
  void putsBackWhatIsGone() {
    upkeep.round();
    zone.remove(OWN_IPV6);
    upkeep.round();
    assertThat(zone).containsExactlyInAnyOrder(OWN, OWN_IPV6);
  }

  @Test
  void removesTheAddressesOfAServerThatIsGone() {
    zone.addAll(Set.of(OTHER, STRANGER));
    upkeep.round();
    upkeep.departed(Set.of(OTHER));
    upkeep.round();
    assertThat(zone).containsExactlyInAnyOrder(OWN, OWN_IPV6, STRANGER);
    upkeep.departed(Set.of(OTHER));
    upkeep.round();
    assertThat(changes).isEqualTo(2);
  }

  @Test
  void neverRemovesItsOwnOrThoseOfALivingServer() {
    zone.add(OTHER);
    others.add(OTHER);
    upkeep.departed(Set.of(OTHER, OWN));
    upkeep.round();
    assertThat(zone).containsExactlyInAnyOrder(OWN, OWN_IPV6, OTHER);
    others.clear();
    upkeep.round();
    assertThat(zone).contains(OTHER);
  }

  @Test
  void remembersWhoIsGoneUntilTheZoneAnswers() {
    zone.add(OTHER);
    upkeep.round();
    refusal = "no answer";
    upkeep.departed(Set.of(OTHER));
    upkeep.round();
    refusal = null;
    upkeep.round();
    assertThat(zone).containsExactlyInAnyOrder(OWN, OWN_IPV6);
  }

  @Test
  void triesAgainAfterGrowingWaitsAndSaysWhy() {
    refusal = "no answer";
    Duration bound = Upkeep.FIRST_RETRY;
    for (int i = 0; i < 12; i++) {
      assertThat(upkeep.round()).isBetween(bound.dividedBy(2), bound);
      assertThat(upkeep.status()).isEqualTo(Status.FAILING);
      assertThat(upkeep.problem()).isEqualTo("no answer");
      Duration twice = bound.multipliedBy(2);
      bound = twice.compareTo(Upkeep.LONGEST_RETRY) < 0 ? twice : Upkeep.LONGEST_RETRY;
    }
    refusal = null;
    assertThat(upkeep.round()).isEqualTo(Upkeep.INTERVAL);
    assertThat(upkeep.problem()).isEmpty();
    refusal = "no answer";
    assertThat(upkeep.round()).isLessThanOrEqualTo(Upkeep.FIRST_RETRY);
  }

  @Test
  void withdrawsExactlyItsOwnForGood() {
    zone.addAll(Set.of(OTHER, STRANGER));
    upkeep.round();
    upkeep.withdraw();
    assertThat(zone).containsExactlyInAnyOrder(OTHER, STRANGER);
    upkeep.departed(Set.of(OTHER));
    upkeep.round();
    upkeep.withdraw();
    assertThat(zone).containsExactlyInAnyOrder(OTHER, STRANGER);
    assertThat(upkeep.status()).isEqualTo(Status.WITHDRAWN);
  }

  @Test
  void leavesAnAddressThatItSharesWithAnotherServer() {
    upkeep.round();
    others.add(OWN);
    upkeep.withdraw();
    assertThat(zone).containsExactly(OWN);
  }

  @Test
  void stopsAlthoughTheZoneDoesNotAnswer() {
    upkeep.round();
    refusal = "no answer";
    upkeep.withdraw();
    assertThat(upkeep.status()).isEqualTo(Status.WITHDRAWN);
    assertThat(upkeep.problem()).isEqualTo("no answer");
  }
}
