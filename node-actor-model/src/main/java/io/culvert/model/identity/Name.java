package io.culvert.model.identity;

import java.util.regex.Pattern;

/** The grammar that names of organizations, VPNs and nodes share. */
public final class Name {
  /**
   * Lower-case letters, digits, and inner hyphens and dots; 1 to 63 characters (RFC 1035 label
   * length).
   */
  private static final Pattern VALID = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?");

  private Name() {}

  /** Whether {@code text} is a valid name. */
  public static boolean isValid(String text) {
    return VALID.matcher(text).matches();
  }

  /**
   * Returns {@code text} if it is a valid name.
   *
   * @throws IllegalArgumentException with a sentence that says what a {@code kind} may be called
   */
  public static String require(String text, String kind) {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "%s name '%s' is not valid: use 1 to 63 lower-case letters, digits, '-' or '.', beginning and ending with a letter or digit"
              .formatted(kind, text));
    }
    return text;
  }
}
