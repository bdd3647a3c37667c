package io.culvert.model.journal;

import java.util.List;

/**
 * What a pure entity state makes of a command.
 *
 * @param <E> the entity's events
 * @param <R> the entity's replies
 */
public sealed interface Decision<E, R> {
  /**
   * Journal the events, then reply.
   *
   * @param events in order, at least one
   * @param reply given once the events are durable
   */
  record Accept<E, R>(List<E> events, R reply) implements Decision<E, R> {
    /** Copies the list. */
    public Accept {
      events = List.copyOf(events);
    }
  }

  /**
   * Journal nothing: the command repeats an accepted one, changes nothing, only reads, or is
   * rejected.
   */
  record Answer<E, R>(R reply) implements Decision<E, R> {}

  /** Accepts one event. */
  static <E, R> Decision<E, R> accept(E event, R reply) {
    return new Accept<>(List.of(event), reply);
  }

  /** Answers without a change. */
  static <E, R> Decision<E, R> answer(R reply) {
    return new Answer<>(reply);
  }
}
