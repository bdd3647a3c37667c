package io.culvert.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GuessLimiterTest {
  private static final Origin HOME = new Origin("198.18.0.1");
  private static final String USER = "acme/laptop ann";

  private long nowNanos = 77;
  private final GuessLimiter guesses = new GuessLimiter(() -> nowNanos);

  private void pass(Duration time) {
    nowNanos += time.toNanos();
  }

  private void fail(Origin origin, String user, int times) {
    for (int i = 0; i < times; i++) {
      guesses.failed(origin, user);
    }
  }

  @Test
  void aFewMistakesCostNothing() {
    fail(HOME, USER, 9);

    assertThat(guesses.waitMillis(HOME, USER)).isZero();
  }

  @Test
  void anOriginIsSlowedDownWhomeverItTries() {
    for (int i = 0; i < 10; i++) {
      guesses.failed(HOME, "user" + i);
    }

    assertThat(guesses.waitMillis(HOME, "another")).isEqualTo(6_000);
    assertThat(guesses.waitMillis(new Origin("198.18.0.2"), "another")).isZero();
    pass(Duration.ofSeconds(6));
    assertThat(guesses.waitMillis(HOME, "another")).isZero();
    guesses.failed(HOME, "another");
    assertThat(guesses.waitMillis(HOME, "another")).isEqualTo(6_000);
  }

  @Test
  void aUserIsSlowedDownFromWhereverItIsTried() {
    for (int i = 0; i < 20; i++) {
      guesses.failed(new Origin("198.18.1." + i), USER);
    }

    assertThat(guesses.waitMillis(new Origin("198.18.2.1"), USER)).isEqualTo(3_000);
    assertThat(guesses.waitMillis(new Origin("198.18.2.1"), "another")).isZero();
  }

  @Test
  void whoHasLoggedOnFromAPlaceIsNotKeptOutThereByOthers() {
    guesses.succeeded(HOME, USER);
    for (int i = 0; i < 100; i++) {
      guesses.failed(new Origin("198.18.1." + i), USER);
    }

    assertThat(guesses.waitMillis(HOME, USER)).isZero();
    fail(HOME, USER, 10);
    assertThat(guesses.waitMillis(HOME, USER)).isEqualTo(6_000);
  }

  @Test
  void allIsForgottenAfterAWhile() {
    fail(HOME, USER, 1_000);
    assertThat(guesses.waitMillis(HOME, USER)).isPositive();

    pass(Duration.ofHours(3));

    assertThat(guesses.waitMillis(HOME, USER)).isZero();
  }

  @Test
  void anIpv6SubscriberIsOneOrigin() throws Exception {
    assertThat(Origin.of(InetAddress.getByName("2001:db8:1:2::1").getAddress()))
        .isEqualTo(Origin.of(InetAddress.getByName("2001:db8:1:2:ffff::9").getAddress()))
        .isNotEqualTo(Origin.of(InetAddress.getByName("2001:db8:1:3::1").getAddress()));
    assertThat(Origin.of(new byte[] {(byte) 198, 18, 0, 1})).isEqualTo(HOME);
    assertThat(Origin.ofText("[2001:db8:1:2:ffff::9]"))
        .isEqualTo(Origin.ofText("2001:db8:1:2::1"))
        .isEqualTo(Origin.of(InetAddress.getByName("2001:db8:1:2::1").getAddress()));
    assertThat(Origin.ofText("198.18.0.1")).isEqualTo(HOME);
    assertThat(Origin.of(new byte[0]))
        .isEqualTo(Origin.ofText("nowhere"))
        .isEqualTo(new Origin("unknown"));
  }
}
