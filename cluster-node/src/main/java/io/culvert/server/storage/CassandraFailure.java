package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.servererrors.QueryConsistencyException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What the driver's exceptions mean to an operator. */
final class CassandraFailure {
  private CassandraFailure() {}

  /** In a few words, for a line that begins with what was tried. */
  static String reason(Throwable failure) {
    return switch (failure) {
      case CompletionException wrapped when wrapped.getCause() != null ->
          reason(wrapped.getCause());
      case NoNodeAvailableException none -> "no node can be reached";
      case AllNodesFailedException all -> all(all);
      case UnavailableException few ->
          "%d of the %d nodes that are needed are there"
              .formatted(few.getAlive(), few.getRequired());
      case DriverTimeoutException timeout -> "no quorum answers in time";
      case QueryConsistencyException late -> "no quorum answers in time";
      case AuthenticationException refused -> deepest(refused);
      default -> deepest(failure);
    };
  }

  /** One node's reason stands for all, and the most telling one does. */
  private static String all(AllNodesFailedException failure) {
    Optional<Throwable> refused =
        failure.getAllErrors().values().stream()
            .flatMap(Collection::stream)
            .filter(AuthenticationException.class::isInstance)
            .findFirst();
    return refused
        .or(() -> failure.getAllErrors().values().stream().flatMap(Collection::stream).findFirst())
        .map(each -> "no node can be used: " + reason(each))
        .orElse("no node can be used");
  }

  private static String deepest(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
