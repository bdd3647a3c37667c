package io.culvert.server.storage;

import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Journal;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/** The simplest entity: a set of numbers, and how many events its last recovery read. */
final class Tally extends EventSourcedBehavior<Tally.Command, Tally.Added, Tally.Numbers> {
  static final int SNAPSHOT_EVERY = 100;

  private final AtomicInteger applied = new AtomicInteger();
  private volatile int replayed;

  sealed interface Command {}

  record Add(int number, String ballast, ActorRef<Integer> replyTo) implements Command {}

  record Read(ActorRef<Contents> replyTo) implements Command {}

  record Contents(SortedSet<Integer> numbers, int replayedEvents) {}

  record Added(int number, String ballast) implements CborSerializable {}

  record Numbers(SortedSet<Integer> numbers) implements CborSerializable {
    Numbers {
      numbers = Collections.unmodifiableSortedSet(new TreeSet<>(numbers));
    }
  }

  private Tally(String id) {
    super(PersistenceId.ofUniqueId(id), Journal.RESTART);
  }

  static Behavior<Command> create(String id) {
    return Behaviors.setup(context -> new Tally(id));
  }

  @Override
  public Numbers emptyState() {
    return new Numbers(new TreeSet<>());
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2);
  }

  @Override
  public SignalHandler<Numbers> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), numbers -> replayed = applied.get())
        .build();
  }

  @Override
  public CommandHandler<Command, Added, Numbers> commandHandler() {
    return (numbers, command) ->
        switch (command) {
          case Add add ->
              Effect()
                  .persist(new Added(add.number(), add.ballast()))
                  .thenReply(add.replyTo(), after -> add.number());
          case Read read ->
              Effect().reply(read.replyTo(), new Contents(numbers.numbers(), replayed));
        };
  }

  @Override
  public EventHandler<Numbers, Added> eventHandler() {
    return (numbers, added) -> {
      applied.incrementAndGet();
      SortedSet<Integer> all = new TreeSet<>(numbers.numbers());
      all.add(added.number());
      return new Numbers(all);
    };
  }
}
