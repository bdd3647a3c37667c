package io.culvert.server.storage;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.jdbc.db.SlickDatabase;
import org.apache.pekko.persistence.jdbc.db.SlickDatabaseProvider;

/** Where pekko-persistence-jdbc gets the pool from. Made by Pekko, by name. */
public final class PooledDatabaseProvider implements SlickDatabaseProvider {
  private final SlickDatabase database;

  /** Called by Pekko. */
  public PooledDatabaseProvider(ActorSystem system) {
    database =
        system
            .settings()
            .setup()
            .get(SlickSetup.class)
            .orElseThrow(IllegalStateException::new)
            .database();
  }

  /** The same for the journal, snapshots and queries. */
  @Override
  public SlickDatabase database(Config plugin) {
    return database;
  }
}
