package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailedAddressesTest {
  private static final InetSocketAddress ONE = Addresses.target(Addresses.ipv4(1)).address();
  private static final InetSocketAddress TWO = Addresses.target(Addresses.ipv6(1)).address();

  private final FailedAddresses failed = new FailedAddresses();

  /** A monotonic clock may begin below zero and run over. */
  private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

  private void after(Duration time) {
    nowNanos += time.toNanos();
  }

  private int failures(InetSocketAddress address) {
    return failed.failures(address, nowNanos);
  }

  @Test
  void knowsNothingAtFirst() {
    assertThat(failures(ONE)).isZero();
  }

  @Test
  void remembersForAWhileAndThenForgets() {
    failed.failed(ONE, nowNanos);
    assertThat(failures(ONE)).isEqualTo(1);
    assertThat(failures(TWO)).isZero();
    after(FailedAddresses.FIRST.minusNanos(1));
    assertThat(failures(ONE)).isEqualTo(1);
    after(Duration.ofNanos(1));
    assertThat(failures(ONE)).isZero();
  }

  @Test
  void remembersTwiceAsLongAfterEachFailureUpToABound() {
    Duration penalty = FailedAddresses.FIRST;
    for (int failure = 1; failure <= 20; failure++) {
      failed.failed(ONE, nowNanos);
      assertThat(failures(ONE)).isEqualTo(failure);
      after(penalty.minusNanos(1));
      assertThat(failures(ONE)).isEqualTo(failure);
      after(Duration.ofNanos(1));
      assertThat(failures(ONE)).isZero();
      Duration twice = penalty.multipliedBy(2);
      penalty = twice.compareTo(FailedAddresses.LONGEST) < 0 ? twice : FailedAddresses.LONGEST;
    }
  }

  @Test
  void beginsAnewWhenItDidNotFailForAsLongAgain() {
    failed.failed(ONE, nowNanos);
    failed.failed(ONE, nowNanos);
    after(FailedAddresses.FIRST.multipliedBy(4));
    failed.failed(ONE, nowNanos);
    assertThat(failures(ONE)).isEqualTo(1);
  }

  @Test
  void forgetsAtSuccess() {
    failed.failed(ONE, nowNanos);
    failed.failed(ONE, nowNanos);
    failed.worked(ONE);
    assertThat(failures(ONE)).isZero();
    failed.failed(ONE, nowNanos);
    assertThat(failures(ONE)).isEqualTo(1);
  }
}
