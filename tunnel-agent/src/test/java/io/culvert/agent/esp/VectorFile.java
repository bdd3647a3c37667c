package io.culvert.agent.esp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Published vectors in the form of NIST's files: paragraphs of {@code NAME = HEX}. */
final class VectorFile {
  /** One paragraph, its names in upper case. */
  record Vector(Map<String, String> fields) {
    boolean has(String name) {
      return fields.containsKey(name);
    }

    byte[] bytes(String name) {
      return HexFormat.of().parseHex(Objects.requireNonNull(fields.get(name), name));
    }
  }

  private VectorFile() {}

  /** All paragraphs with a key. */
  static List<Vector> read(String name) {
    List<Vector> vectors = new ArrayList<>();
    Map<String, String> fields = new HashMap<>();
    for (String line : (text(name) + "\n\n").lines().toList()) {
      if (line.isBlank()) {
        if (fields.containsKey("KEY") || fields.containsKey("KEY1")) {
          vectors.add(new Vector(Map.copyOf(fields)));
        }
        fields.clear();
      } else if (!line.startsWith("#") && !line.startsWith("[")) {
        int equals = line.indexOf('=');
        String field = equals < 0 ? line : line.substring(0, equals);
        String value = equals < 0 ? "" : line.substring(equals + 1);
        fields.put(field.strip().toUpperCase(Locale.ROOT), value.strip());
      }
    }
    return vectors;
  }

  /** A whole file of the vectors' folder. */
  static String text(String name) {
    try (var in = VectorFile.class.getResourceAsStream("vectors/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
