package io.culvert.server.admin.cli;

import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Words of which one can be chosen: for completion, and against mistyping. */
abstract class Choices implements ITypeConverter<String>, Iterable<String> {
  private final List<String> words;

  private Choices(String... words) {
    this.words = List.of(words);
  }

  @Override
  public String convert(String text) {
    if (!words.contains(text)) {
      throw new TypeConversionException(
          "'%s' is not one of %s".formatted(text, String.join(", ", words)));
    }
    return text;
  }

  boolean contains(String word) {
    return words.contains(word);
  }

  @Override
  public Iterator<String> iterator() {
    return words.iterator();
  }

  /** ESP transforms. */
  static final class Ciphers extends Choices {
    Ciphers() {
      super(
          "aes-256-gcm",
          "aes-128-gcm",
          "chacha20-poly1305",
          "aes-256-cbc-hmac-sha256",
          "aes-256-cbc-hmac-sha512",
          "3des-cbc-hmac-sha256");
    }
  }

  /** Who reaches whom. */
  static final class Topologies extends Choices {
    Topologies() {
      super("full-mesh", "hub-and-spoke");
    }
  }

  /** A member's place in hub-and-spoke. */
  static final class Roles extends Choices {
    Roles() {
      super("hub", "spoke");
    }
  }
}
