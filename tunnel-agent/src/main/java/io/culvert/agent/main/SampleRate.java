package io.culvert.agent.main;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 1/N} as N, 1 to 1,000,000. */
final class SampleRate implements ITypeConverter<Integer> {
  private static final int MAX = 1_000_000;
  private static final Pattern FORM = Pattern.compile("1/([0-9]{1,7})");

  @Override
  public Integer convert(String text) {
    Matcher matcher = FORM.matcher(text);
    int oneIn = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (oneIn < 1 || oneIn > MAX) {
      throw new TypeConversionException("'%s' is none of 1/1 to 1/1000000".formatted(text));
    }
    return oneIn;
  }
}
