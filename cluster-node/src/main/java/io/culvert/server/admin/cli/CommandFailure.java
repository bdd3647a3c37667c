package io.culvert.server.admin.cli;

/** Why a command ends without success: one sentence for the person, and the exit status. */
final class CommandFailure extends RuntimeException {
  /** The server refused, or something on this computer is in the way. */
  static final int REFUSED = 1;

  /** The server cannot be reached, or is not the one that was pinned. */
  static final int NOT_REACHABLE = 3;

  private static final long serialVersionUID = 1L;

  private final int exitStatus;
  private final String code;

  private CommandFailure(int exitStatus, String code, String sentence) {
    super(sentence);
    this.exitStatus = exitStatus;
    this.code = code;
  }

  /** A refusal with the API's code, or an empty one. */
  static CommandFailure refused(String code, String sentence) {
    return new CommandFailure(REFUSED, code, sentence);
  }

  static CommandFailure local(String sentence) {
    return new CommandFailure(REFUSED, "", sentence);
  }

  static CommandFailure notReachable(String sentence) {
    return new CommandFailure(NOT_REACHABLE, "", sentence);
  }

  /** The same, with something before the sentence. */
  CommandFailure in(String beginning) {
    return new CommandFailure(exitStatus, code, beginning + getMessage());
  }

  int exitStatus() {
    return exitStatus;
  }

  /** The API's code of the refusal; empty if it did not come from there. */
  String code() {
    return code;
  }
}
