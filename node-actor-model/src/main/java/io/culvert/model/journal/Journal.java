package io.culvert.model.journal;

import java.time.Duration;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/** What all entities have in common towards the journal. */
public final class Journal {
  /**
   * After a failed write an entity starts again from the journal. The longest wait is part of the
   * time in which a recovered database answers again.
   */
  public static final BackoffSupervisorStrategy RESTART =
      SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(1), 0.2);

  /** A snapshot every 200 events; two are kept, and all events: they are the history. */
  public static final RetentionCriteria RETENTION = RetentionCriteria.snapshotEvery(200, 2);

  private Journal() {}
}
