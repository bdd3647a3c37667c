package io.culvert.server.dns;

import org.jspecify.annotations.Nullable;

/** The DNS server did not answer, or refused; the message says to operators what, and why. */
final class ZoneException extends Exception {
  private static final long serialVersionUID = 1L;

  ZoneException(String message) {
    super(message);
  }

  ZoneException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
