package io.culvert.server.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who guesses passwords: wrong ones are counted for each origin and for each user name,
 * existing or not, so that nothing is learnt from being slowed down. A user who has logged on from
 * an origin before is not slowed down there by what others guess elsewhere. Thread-safe, of bounded
 * size.
 */
public final class GuessLimiter {
  private static final int ORIGIN_BURST = 10;
  private static final long ORIGIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(6);
  private static final int USER_BURST = 20;
  private static final long USER_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int MOST_ENTRIES = 100_000;

  /** By then every rate is quiet again. */
  private static final Duration FORGET_GUESSES = Duration.ofMinutes(10);

  private static final Duration FORGET_SUCCESS = Duration.ofDays(1);

  private final LongSupplier nanoClock;
  private final Cache<Origin, Rate> origins;
  private final Cache<String, Rate> users;
  private final Cache<Known, Known> known;

  private record Known(Origin origin, String user) {}

  /**
   * Nothing counted.
   *
   * @param nanoClock monotonic
   */
  public GuessLimiter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.origins = cache(FORGET_GUESSES);
    this.users = cache(FORGET_GUESSES);
    this.known = cache(FORGET_SUCCESS);
  }

  private <K, V> Cache<K, V> cache(Duration forget) {
    return Caffeine.newBuilder()
        .maximumSize(MOST_ENTRIES)
        .expireAfterAccess(forget)
        .ticker(nanoClock::getAsLong)
        .build();
  }

  /** How many milliseconds to wait before the next attempt; 0: none. */
  public int waitMillis(Origin origin, String user) {
    long now = nanoClock.getAsLong();
    long wait = waitNanos(origins.getIfPresent(origin), now);
    if (known.getIfPresent(new Known(origin, user)) == null) {
      wait = Math.max(wait, waitNanos(users.getIfPresent(user), now));
    }
    return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(wait + 999_999));
  }

  private static long waitNanos(@Nullable Rate rate, long now) {
    return rate == null ? 0 : rate.waitNanos(now);
  }

  /** The password was wrong, or there is no such user. */
  public void failed(Origin origin, String user) {
    long now = nanoClock.getAsLong();
    origins.get(origin, any -> new Rate(ORIGIN_INTERVAL_NANOS, ORIGIN_BURST, now)).count(now);
    users.get(user, any -> new Rate(USER_INTERVAL_NANOS, USER_BURST, now)).count(now);
  }

  /** The password was right. */
  public void succeeded(Origin origin, String user) {
    Known success = new Known(origin, user);
    known.put(success, success);
  }
}
