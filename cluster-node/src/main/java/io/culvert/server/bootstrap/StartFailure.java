package io.culvert.server.bootstrap;

import java.util.Optional;
import java.util.stream.Stream;

/** What a failed start means to an operator. */
final class StartFailure {
  private StartFailure() {}

  /** The message of what happened first. */
  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** One sentence for an operator: what happened, and why if the first message does not say it. */
  static String sentence(Throwable failure) {
    String what = String.valueOf(unwrapped(failure).getMessage());
    String why = rootMessage(failure);
    return what.contains(why) ? what : what + ": " + why;
  }

  /** Without a wrapper that has no message of its own. */
  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause != null && cause.toString().equals(failure.getMessage()) ? cause : failure;
  }

  /** What to do about it, if that is known. */
  static Optional<String> advice(Throwable failure) {
    boolean forbidden = says(failure, "Permission denied");
    boolean taken = says(failure, "already in use") || says(failure, "Bind failed");
    if (forbidden) {
      return Optional.of(
          "ports below 1024 need root or CAP_NET_BIND_SERVICE: choose another one with --agent-port 4443 (culvert.agent-gateway.port), for example");
    }
    return taken
        ? Optional.of(
            "another program has that port: choose another one with --agent-port, --admin-port, --health-port or --cluster-port")
        : Optional.empty();
  }

  private static boolean says(Throwable failure, String words) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .anyMatch(cause -> String.valueOf(cause.getMessage()).contains(words));
  }
}
