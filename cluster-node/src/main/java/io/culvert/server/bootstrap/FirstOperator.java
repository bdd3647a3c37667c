package io.culvert.server.bootstrap;

import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.sharding.EntityShards;
import io.culvert.server.authentication.PasswordHasher;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes the first operator, once in the life of a cluster. */
final class FirstOperator {
  static final String USER_NAME = "admin";

  /** Without letters and digits that look like others. */
  private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

  private static final int PASSWORD_LENGTH = 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private FirstOperator() {}

  /**
   * The one-time password of the first operator, if this call made it; empty if there was one
   * already.
   *
   * @throws IllegalStateException if the directory does not answer
   */
  static Optional<String> create(EntityShards shards, PasswordHasher hasher, SecureRandom random)
      throws InterruptedException {
    if (hasOperators(shards)) {
      return Optional.empty();
    }
    String password =
        random
            .ints(PASSWORD_LENGTH, 0, ALPHABET.length())
            .mapToObj(i -> String.valueOf(ALPHABET.charAt(i)))
            .reduce("", String::concat);
    DirectoryProtocol.Reply reply =
        await(
            hasher
                .hash(password.toCharArray())
                .thenCompose(
                    verifier ->
                        shards
                            .directory()
                            .<DirectoryProtocol.Reply>ask(
                                replyTo ->
                                    new DirectoryProtocol.Initialize(
                                        UUID.randomUUID().toString(), USER_NAME, verifier, replyTo),
                                TIMEOUT)));
    return reply instanceof DirectoryProtocol.Changed ? Optional.of(password) : Optional.empty();
  }

  private static boolean hasOperators(EntityShards shards) throws InterruptedException {
    DirectoryProtocol.Reply reply =
        await(
            shards
                .directory()
                .<DirectoryProtocol.Reply>ask(DirectoryProtocol.ReadDirectory::new, TIMEOUT));
    return reply instanceof DirectoryProtocol.CurrentState state && !state.operators().isEmpty();
  }

  private static <T> T await(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "the directory does not answer: is the database usable, and the cluster formed?", e);
    }
  }
}
