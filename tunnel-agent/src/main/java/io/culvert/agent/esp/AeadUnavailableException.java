package io.culvert.agent.esp;

/** An implementation cannot be used on this machine; the message says why, in half a sentence. */
public final class AeadUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  AeadUnavailableException(String reason) {
    super(reason);
  }
}
