package io.culvert.server.storage;

import com.zaxxer.hikari.HikariDataSource;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.persistence.jdbc.db.SlickDatabase;
import scala.Option;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcBackend$;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile$;
import slick.util.AsyncExecutor$;

/** Gives an actor system a pool of connections that was made outside of it, and outlives it. */
final class SlickSetup extends Setup {
  private static final int QUEUE = 10_000;

  private final SlickDatabase database;

  SlickSetup(HikariDataSource pool) {
    this.database = new PooledDatabase(pool);
  }

  SlickDatabase database() {
    return database;
  }

  /** After the actor system has ended. */
  void close() {
    database.database().close();
  }

  /** As many threads as connections: none waits for one. */
  private static final class PooledDatabase implements SlickDatabase {
    private final JdbcBackend.JdbcDatabaseDef database;

    PooledDatabase(HikariDataSource pool) {
      int connections = pool.getMaximumPoolSize();
      database =
          JdbcBackend$.MODULE$
              .Database()
              .forDataSource(
                  pool,
                  Option.apply(connections),
                  AsyncExecutor$.MODULE$.apply(
                      "culvert-database", connections, connections, QUEUE, connections),
                  false);
    }

    @Override
    public JdbcBackend.JdbcDatabaseDef database() {
      return database;
    }

    @Override
    public JdbcProfile profile() {
      return PostgresProfile$.MODULE$;
    }

    @Override
    public boolean allowShutdown() {
      return false;
    }
  }
}
