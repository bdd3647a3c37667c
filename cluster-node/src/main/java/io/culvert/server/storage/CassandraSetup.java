package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlSession;
import org.apache.pekko.actor.setup.Setup;

/** Gives an actor system a session that was opened outside of it, and outlives it. */
final class CassandraSetup extends Setup {
  private final CqlSession session;

  CassandraSetup(CqlSession session) {
    this.session = session;
  }

  CqlSession session() {
    return session;
  }
}
