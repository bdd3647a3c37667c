package io.culvert.agent.main;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A moment as a person reads it, with how long ago that was. */
final class Since {
  private static final DateTimeFormatter OF_TODAY = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter OLDER = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private Since() {}

  /** {@code 12:03:04 (5 min)}; with the date if it was on another day. */
  static String text(Instant moment, Instant now, ZoneId zone) {
    boolean today = moment.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
    return "%s (%s)"
        .formatted(
            (today ? OF_TODAY : OLDER).format(moment.atZone(zone)),
            age(Duration.between(moment, now)));
  }

  /** In the largest unit that fits, rounded down; a clock that was set back counts as 0. */
  static String age(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + " d";
    }
    if (age.toHours() > 0) {
      return age.toHours() + " h";
    }
    return age.toMinutes() > 0 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
  }
}
