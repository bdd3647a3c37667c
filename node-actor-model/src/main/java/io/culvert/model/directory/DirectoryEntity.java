package io.culvert.model.directory;

import io.culvert.model.directory.DirectoryProtocol.Reply;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.Journal;
import java.time.InstantSource;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/** The actor of the directory: journals the decisions of {@link DirectoryLedger}. */
public final class DirectoryEntity
    extends EventSourcedBehaviorWithEnforcedReplies<
        DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger> {
  /** The entity type; the entity id is {@link DirectoryProtocol#ENTITY_ID}. */
  public static final EntityTypeKey<DirectoryProtocol.Command> TYPE_KEY =
      EntityTypeKey.create(DirectoryProtocol.Command.class, "directory");

  private final InstantSource clock;

  private DirectoryEntity(InstantSource clock) {
    super(PersistenceId.of(TYPE_KEY.name(), DirectoryProtocol.ENTITY_ID), Journal.RESTART);
    this.clock = clock;
  }

  /** The entity's behavior. */
  public static Behavior<DirectoryProtocol.Command> create(InstantSource clock) {
    return new DirectoryEntity(clock);
  }

  @Override
  public DirectoryLedger emptyState() {
    return DirectoryLedger.EMPTY;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return Journal.RETENTION;
  }

  @Override
  public EventHandler<DirectoryLedger, DirectoryEvent> eventHandler() {
    return DirectoryLedger::apply;
  }

  @Override
  public CommandHandlerWithReply<DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger>
      commandHandler() {
    return this::onCommand;
  }

  private ReplyEffect<DirectoryEvent, DirectoryLedger> onCommand(
      DirectoryLedger ledger, DirectoryProtocol.Command command) {
    return switch (command) {
      case DirectoryProtocol.ReadDirectory read -> Effect().reply(read.replyTo(), ledger.read());
      case DirectoryProtocol.Change change -> onChange(ledger, change);
    };
  }

  private ReplyEffect<DirectoryEvent, DirectoryLedger> onChange(
      DirectoryLedger ledger, DirectoryProtocol.Change change) {
    return switch (ledger.decide(change, clock.instant())) {
      case Decision.Accept<DirectoryEvent, Reply>(List<DirectoryEvent> events, Reply reply) ->
          Effect().persist(events).thenReply(change.replyTo(), after -> reply);
      case Decision.Answer<DirectoryEvent, Reply>(Reply reply) ->
          Effect().reply(change.replyTo(), reply);
    };
  }
}
