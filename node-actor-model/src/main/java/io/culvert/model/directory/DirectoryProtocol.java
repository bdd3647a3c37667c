package io.culvert.model.directory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.journal.CborSerializable;
import java.util.Map;
import java.util.SortedSet;
import org.apache.pekko.actor.typed.ActorRef;

/** Commands that the Directory entity accepts and the replies it gives. */
public final class DirectoryProtocol {
  /** The id of the only Directory. */
  public static final String ENTITY_ID = "cluster";

  private DirectoryProtocol() {}

  /** Anything that may be sent to the Directory. */
  public sealed interface Command extends CborSerializable {}

  /** A journalled change: answered with {@link Changed} or {@link Rejected}. */
  public sealed interface Change extends Command {
    /** Chosen by the caller, unique for each intended change. */
    String requestId();

    /** Where the answer goes. */
    ActorRef<Reply> replyTo();
  }

  /**
   * Sets up the first operator with a one-time password. Rejected with {@link Reason#INITIALIZED}
   * if there is an operator already, so that a restart never makes a second one.
   */
  public record Initialize(
      String requestId, String userName, String verifier, ActorRef<Reply> replyTo)
      implements Change {}

  /** Sets or replaces an operator's password; it is then no longer a one-time password. */
  public record SetOperator(
      String requestId, String userName, String verifier, ActorRef<Reply> replyTo)
      implements Change {}

  /** Removes an operator; the last one stays. */
  public record RemoveOperator(String requestId, String userName, ActorRef<Reply> replyTo)
      implements Change {}

  /** Enters an organization into the list. */
  public record RegisterOrganization(String requestId, String name, ActorRef<Reply> replyTo)
      implements Change {}

  /** Asks for the current state; answered with {@link CurrentState}. */
  public record ReadDirectory(ActorRef<Reply> replyTo) implements Command {}

  /** An answer to a command. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Changed.class, name = "changed"),
    @JsonSubTypes.Type(value = Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = CurrentState.class, name = "current-state")
  })
  public sealed interface Reply extends CborSerializable {}

  /** The change is durable. */
  public record Changed(long revision) implements Reply {}

  /** The command is illegal in the current state; nothing changed. */
  public record Rejected(Reason reason, String message) implements Reply {}

  /** The directory as it is. */
  public record CurrentState(
      Map<String, OperatorAccount> operators, SortedSet<String> organizations, long revision)
      implements Reply {}

  /**
   * An operator of the whole cluster.
   *
   * @param verifier Argon2id in PHC string format
   * @param oneTime the password must be changed at its first use
   */
  public record OperatorAccount(String verifier, boolean oneTime) {
    /** Never shows the verifier. */
    @Override
    public String toString() {
      return "OperatorAccount[oneTime=%s]".formatted(oneTime);
    }
  }

  /** Why a command was rejected. */
  public enum Reason {
    /** There is an operator already. */
    INITIALIZED,
    /** The last operator cannot be removed. */
    LAST_OPERATOR,
    /** A value is out of its range. */
    INVALID
  }
}
