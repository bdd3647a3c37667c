package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Refuses keys that the reference file does not have. */
final class SettingsKeys {
  private SettingsKeys() {}

  /**
   * Looks at every key of an operator's settings; those below {@code pekko} are Pekko's own.
   *
   * @throws SettingsException at the first unknown one, with its position and the nearest known key
   */
  static void requireKnown(Config operators, Config reference) {
    Set<String> known =
        reference.entrySet().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    operators.entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith("pekko."))
        .sorted(Comparator.comparingInt(entry -> entry.getValue().origin().lineNumber()))
        .forEach(entry -> requireKnown(entry.getKey(), entry.getValue(), known, reference));
  }

  private static void requireKnown(
      String key, ConfigValue value, Set<String> known, Config reference) {
    String position = value.origin().description();
    if (known.stream().anyMatch(other -> other.startsWith(key + "."))) {
      throw new SettingsException(
          "%s: '%s' is a section: write %s { ... }".formatted(position, key, key));
    }
    if (!known.contains(key)) {
      throw new SettingsException(
          "%s: there is no setting '%s'; did you mean '%s'? See 'culvert server --print-config'"
              .formatted(position, key, nearest(key, known)));
    }
    if (reference.getValue(key).valueType() == ConfigValueType.LIST
        && value.valueType() != ConfigValueType.LIST) {
      throw new SettingsException("%s: '%s' is a list: write [ ... ]".formatted(position, key));
    }
  }

  private static String nearest(String key, Set<String> keys) {
    return keys.stream()
        .min(
            Comparator.comparingInt((String known) -> distance(key, known))
                .thenComparing(known -> known))
        .orElseThrow();
  }

  /** Levenshtein distance, ignoring case. */
  private static int distance(String a, String b) {
    String left = a.toLowerCase(Locale.ROOT);
    String right = b.toLowerCase(Locale.ROOT);
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int substituted = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[right.length()];
  }
}
