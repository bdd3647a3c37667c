package io.culvert.agent.main;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the interval of {@code agent up --pull}: a number with its unit. */
final class PullInterval implements ITypeConverter<Duration> {
  private static final Pattern TEXT = Pattern.compile("(?<number>[0-9]{1,6})(?<unit>[smh])");
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofHours(24);

  @Override
  public Duration convert(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'%s' is no interval: use a number with s, m or h, for example 30s".formatted(text));
    }
    long number = Long.parseLong(matcher.group("number"));
    Duration interval =
        switch (matcher.group("unit")) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        };
    if (interval.compareTo(LEAST) < 0 || interval.compareTo(MOST) > 0) {
      throw new TypeConversionException("'%s' is not within 1s to 24h".formatted(text));
    }
    return interval;
  }
}
