package io.culvert.model.directory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.journal.CborSerializable;
import java.time.Instant;

/**
 * What happened to the directory. A change of this file is a change of a durable schema: add, never
 * rename; every event has a golden file. Each event adds one to the revision.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = DirectoryEvent.OperatorSet.class, name = "operator-set"),
  @JsonSubTypes.Type(value = DirectoryEvent.OperatorRemoved.class, name = "operator-removed"),
  @JsonSubTypes.Type(
      value = DirectoryEvent.OrganizationRegistered.class,
      name = "organization-registered")
})
public sealed interface DirectoryEvent extends CborSerializable {
  /** The caller's request. */
  String requestId();

  /** When the command was accepted, by the clock of the server that hosted the entity. */
  Instant at();

  /**
   * An operator with a password.
   *
   * @param verifier Argon2id in PHC string format
   * @param oneTime the password must be changed at its first use
   */
  record OperatorSet(
      String requestId, String userName, String verifier, boolean oneTime, Instant at)
      implements DirectoryEvent {
    /** Never shows the verifier. */
    @Override
    public String toString() {
      return "OperatorSet[userName=%s, oneTime=%s, at=%s]".formatted(userName, oneTime, at);
    }
  }

  /** No operator any more. */
  record OperatorRemoved(String requestId, String userName, Instant at) implements DirectoryEvent {}

  /** An organization is in the list. */
  record OrganizationRegistered(String requestId, String name, Instant at)
      implements DirectoryEvent {}
}
