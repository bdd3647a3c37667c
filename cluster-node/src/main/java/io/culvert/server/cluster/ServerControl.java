package io.culvert.server.cluster;

import io.culvert.model.journal.CborSerializable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** Answers for one server, to any server of the cluster. */
final class ServerControl {
  static final ServiceKey<Message> SERVICE = ServiceKey.create(Message.class, "server-control");

  /** What it understands. */
  sealed interface Message extends CborSerializable {}

  /** Asks how the server is. */
  record Report(ActorRef<ServerStanding> replyTo) implements Message {}

  /** Tells it to drain and stop. */
  record Drain(ActorRef<Draining> replyTo) implements Message {}

  /**
   * It drains.
   *
   * @param begun whether this request began it; false: it was draining already
   */
  record Draining(boolean begun) implements CborSerializable {}

  private ServerControl() {}

  /**
   * The actor.
   *
   * @param standing how the server is now; must not block
   * @param drain begins to drain and returns at once; false if that was begun already
   */
  static Behavior<Message> create(Supplier<ServerStanding> standing, BooleanSupplier drain) {
    return Behaviors.setup(
        context -> {
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.register(SERVICE, context.getSelf()));
          return Behaviors.receive(Message.class)
              .onMessage(
                  Report.class,
                  report -> {
                    report.replyTo().tell(standing.get());
                    return Behaviors.same();
                  })
              .onMessage(
                  Drain.class,
                  order -> {
                    order.replyTo().tell(new Draining(drain.getAsBoolean()));
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
