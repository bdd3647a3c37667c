package io.culvert.agent.main;

import io.culvert.agent.dataplane.AeadPreference;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code agent up --aead}. */
final class AeadName implements ITypeConverter<AeadPreference> {
  private static final String FASTEST = "fastest";
  private static final String JDK = "jdk";

  @Override
  public AeadPreference convert(String text) {
    return switch (text) {
      case FASTEST -> AeadPreference.FASTEST;
      case JDK -> AeadPreference.JDK;
      default ->
          throw new TypeConversionException(
              "'%s' is no implementation: use %s or %s".formatted(text, FASTEST, JDK));
    };
  }

  /** What a shell offers. */
  static final class Candidates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of(FASTEST, JDK).iterator();
    }
  }
}
