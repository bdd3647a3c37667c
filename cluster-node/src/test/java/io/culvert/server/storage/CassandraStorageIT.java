package io.culvert.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(CassandraExtension.class)
class CassandraStorageIT extends StorageContract {
  @TempDir private Path directory;

  private CassandraNodes nodes;

  @BeforeEach
  void use(CassandraNodes nodes) {
    this.nodes = nodes;
  }

  @Override
  StorageSettings.Cassandra fresh() {
    return nodes.fresh();
  }

  @Test
  void refusesTablesOfANewerServer() throws Exception {
    StorageSettings.Cassandra settings = fresh();
    Program.start(settings).close();
    nodes.cql(
        settings,
        "INSERT INTO %s.culvert_schema (part, version) VALUES ('journal', 99)"
            .formatted(settings.keyspace()));

    assertThatThrownBy(() -> Program.start(settings))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("version 99");
  }

  /** As after a deletion that was done, but not answered in time, and is sent again. */
  @Test
  void givesALockUpThatIsGone() throws Exception {
    StorageSettings.Cassandra settings = fresh();
    Program.start(settings).close();

    try (CqlSession session = new CassandraAccess(settings).connect()) {
      assertThatCode(() -> new CassandraSchema(session, settings).unlock())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void refusesAKeyspaceThatIsReplicatedInAnotherWay() {
    StorageSettings.Cassandra settings = fresh();
    nodes.cql(
        settings,
        "CREATE KEYSPACE %s WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}"
            .formatted(settings.keyspace()));

    assertThatThrownBy(() -> Program.start(settings))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("1 replicas in the datacenter datacenter1")
        .hasMessageContaining("replication-factor says 3");
  }

  @Test
  void saysWhatIsWrongWithTheDatabase() throws IOException {
    StorageSettings.Cassandra right = fresh();
    Path wrong = Files.writeString(directory.resolve("password"), "wrong secret");

    try (Storage storage = Storage.of(with(right, Optional.of(wrong), right.tls()))) {
      assertThatThrownBy(storage::prepare)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("username culvert and/or password are incorrect")
          .hasMessageNotContaining("secret");
      assertThat(storage.availability().problem()).isPresent();
    }
  }

  @Test
  void refusesNodesOfAStrangeAuthority() {
    StorageSettings.Cassandra right = fresh();
    StorageSettings.Tls javas =
        new StorageSettings.Tls(StorageSettings.Tls.Mode.VERIFY_CA, Optional.empty());

    try (Storage storage = Storage.of(with(right, right.passwordFile(), javas))) {
      assertThatThrownBy(storage::prepare)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("certification path");
    }
  }

  private static StorageSettings.Cassandra with(
      StorageSettings.Cassandra settings, Optional<Path> passwordFile, StorageSettings.Tls tls) {
    return new StorageSettings.Cassandra(
        settings.contactPoints(),
        settings.localDatacenter(),
        settings.keyspace(),
        settings.replicationFactor(),
        settings.user(),
        passwordFile,
        tls);
  }
}
