package io.culvert.agent.enrolment;

/** The computer cannot become, or is not, a node; the message says why and what to do. */
public final class EnrolmentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for a person. */
  public EnrolmentException(String message) {
    super(message);
  }
}
