package io.culvert.server.authentication;

import java.util.concurrent.CompletionStage;

/**
 * Argon2id (RFC 9106) on a bounded pool of threads of its own, so that a storm of logons cannot
 * starve the actors. Thread-safe.
 *
 * <p>A full queue fails the stage with {@link java.util.concurrent.RejectedExecutionException}: the
 * caller answers "busy".
 */
public interface PasswordHasher {
  /**
   * Makes a verifier with a fresh random salt.
   *
   * @param password UTF-16; the caller zeroes it after the stage is done
   * @return Argon2id in PHC string format
   */
  CompletionStage<String> hash(char[] password);

  /**
   * Compares in constant time.
   *
   * @param verifier Argon2id in PHC string format
   */
  CompletionStage<Boolean> verify(char[] password, String verifier);

  /** Does the work of {@link #verify} for a user that does not exist; always false. */
  CompletionStage<Boolean> verifyNobody(char[] password);
}
