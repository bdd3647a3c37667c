package io.culvert.server.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database can be reached now, as far as is known. Written by one thread, read by any.
 */
public final class Availability {
  private volatile State state = new State(null, "", new CompletableFuture<>());

  private record State(
      @Nullable String problem, String description, CompletableFuture<Void> lost) {}

  /** Reachable, until something else is said. */
  public Availability() {}

  /** Why changes cannot be stored now; empty if they can. */
  public Optional<String> problem() {
    return Optional.ofNullable(state.problem());
  }

  /** One line for people: what is used, or why nothing is. */
  public String description() {
    return state.description();
  }

  /**
   * Waits for an answer that may need the database.
   *
   * @param longest how long it may take
   * @param longestWhileAway how long it may still take once the database is away
   * @return whether there is an answer, or a failure
   */
  public boolean await(CompletableFuture<?> answer, Duration longest, Duration longestWhileAway)
      throws InterruptedException {
    CompletableFuture<Void> lost = state.lost();
    // Nothing of the race stays at the long-lived future: the end of the other takes it away.
    return done(CompletableFuture.anyOf(answer, lost), longest)
        && (answer.isDone() || done(answer, longestWhileAway));
  }

  private static boolean done(CompletableFuture<?> future, Duration longest)
      throws InterruptedException {
    try {
      future.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** The database can be used. */
  public void available(String description) {
    State before = state;
    state =
        before.problem() == null
            ? new State(null, description, before.lost())
            : new State(null, description, new CompletableFuture<>());
  }

  /** It cannot, for this reason. */
  public void away(String reason) {
    State before = state;
    state = new State(reason, "away: " + reason, before.lost());
    before.lost().complete(null);
  }
}
