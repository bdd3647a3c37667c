package io.culvert.server.authentication;

import io.culvert.protocol.v1.Refusal;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/** The refusals, each with the one text that it has everywhere: no difference tells who exists. */
final class Refusals {
  static final Refusal BAD_CREDENTIALS =
      refusal(
          Refusal.Code.BAD_CREDENTIALS,
          "the node, the user name, the password or the certificate is not valid",
          0);
  static final Refusal BAD_TOKEN =
      refusal(
          Refusal.Code.BAD_TOKEN,
          "the token was used already, has expired, or was never made for this node: ask your administrator for a new one",
          0);
  static final Refusal SUSPENDED =
      refusal(Refusal.Code.SUSPENDED, "the node is suspended by an administrator", 0);

  private static final int RETRY_MILLIS = 2_000;

  private Refusals() {}

  /** Whether the user exists is not said: unknown ones are counted too. */
  static Refusal slowDown(int waitMillis) {
    return refusal(
        Refusal.Code.BUSY,
        "too many wrong passwords; try again in %d s".formatted((waitMillis + 999) / 1000),
        waitMillis);
  }

  static Refusal badRequest(String message) {
    return refusal(Refusal.Code.BAD_REQUEST, message, 0);
  }

  /** What an error on the way to a decision means to the agent. */
  static Refusal of(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RejectedExecutionException
        ? refusal(Refusal.Code.BUSY, "too many logons at once; try again", RETRY_MILLIS)
        : refusal(
            Refusal.Code.UNAVAILABLE,
            "the server cannot reach its data now; try again or another server",
            RETRY_MILLIS);
  }

  private static Refusal refusal(Refusal.Code code, String message, int retryAfterMillis) {
    return Refusal.newBuilder()
        .setCode(code)
        .setMessage(message)
        .setRetryAfterMs(retryAfterMillis)
        .build();
  }
}
