package io.culvert.model.organization;

import io.culvert.model.journal.Decision;
import io.culvert.model.journal.Journal;
import io.culvert.model.organization.OrganizationProtocol.Reply;
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

/** The actor of one organization: journals the decisions of {@link OrganizationLedger}. */
public final class OrganizationEntity
    extends EventSourcedBehaviorWithEnforcedReplies<
        OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger> {
  /** The entity type; the entity id is the organization's name. */
  public static final EntityTypeKey<OrganizationProtocol.Command> TYPE_KEY =
      EntityTypeKey.create(OrganizationProtocol.Command.class, "organization");

  private final String name;
  private final InstantSource clock;

  private OrganizationEntity(String name, InstantSource clock) {
    super(PersistenceId.of(TYPE_KEY.name(), name), Journal.RESTART);
    this.name = name;
    this.clock = clock;
  }

  /** The entity's behavior. */
  public static Behavior<OrganizationProtocol.Command> create(String name, InstantSource clock) {
    return new OrganizationEntity(name, clock);
  }

  @Override
  public OrganizationLedger emptyState() {
    return OrganizationLedger.absent(name);
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return Journal.RETENTION;
  }

  @Override
  public EventHandler<OrganizationLedger, OrganizationEvent> eventHandler() {
    return OrganizationLedger::apply;
  }

  @Override
  public CommandHandlerWithReply<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger>
      commandHandler() {
    return this::onCommand;
  }

  private ReplyEffect<OrganizationEvent, OrganizationLedger> onCommand(
      OrganizationLedger ledger, OrganizationProtocol.Command command) {
    return switch (command) {
      case OrganizationProtocol.ReadOrganization read ->
          Effect().reply(read.replyTo(), ledger.read());
      case OrganizationProtocol.Change change -> onChange(ledger, change);
    };
  }

  private ReplyEffect<OrganizationEvent, OrganizationLedger> onChange(
      OrganizationLedger ledger, OrganizationProtocol.Change change) {
    return switch (ledger.decide(change, clock.instant())) {
      case Decision.Accept<OrganizationEvent, Reply>(List<OrganizationEvent> events, Reply reply) ->
          Effect().persist(events).thenReply(change.replyTo(), after -> reply);
      case Decision.Answer<OrganizationEvent, Reply>(Reply reply) ->
          Effect().reply(change.replyTo(), reply);
    };
  }
}
