package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.connectors.cassandra.CqlSessionProvider;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;

/** Where pekko-persistence-cassandra gets its session from. Made by Pekko, by name. */
public final class CassandraSessionProvider implements CqlSessionProvider {
  private final CqlSession session;

  /** Called by Pekko. */
  public CassandraSessionProvider(ActorSystem system) {
    session =
        system
            .settings()
            .setup()
            .get(CassandraSetup.class)
            .orElseThrow(IllegalStateException::new)
            .session();
  }

  /** The same for the journal and the snapshots. */
  @Override
  public Future<CqlSession> connect(ExecutionContext executor) {
    return Future.successful(session);
  }
}
