package io.culvert.acceptance.lab;

/**
 * Something in the laboratory did not do what it should; the message is a sentence for a person.
 */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what went wrong. */
  public LabException(String message) {
    super(message);
  }

  /** Says what went wrong, and why. */
  public LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
