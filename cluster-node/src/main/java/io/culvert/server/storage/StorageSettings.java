package io.culvert.server.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the journal lives. Immutable; holds names of files with passwords, never a password. */
public sealed interface StorageSettings {
  /**
   * An H2 database in one file.
   *
   * @param path without the ending
   * @param shared whether several servers of this computer use it at once
   */
  record Embedded(Path path, boolean shared) implements StorageSettings {}

  /**
   * A PostgreSQL primary and its standbys.
   *
   * @param hosts {@code host:port}, at least one; which of them is the primary is found out
   * @param passwordFile its first line is the password; empty: none is sent
   * @param connections of each server at most, 2 to 100
   * @param timelineFile where this server notes the newest timeline that it has seen
   */
  record PostgreSql(
      List<String> hosts,
      String database,
      String user,
      Optional<Path> passwordFile,
      int connections,
      Tls tls,
      Path timelineFile)
      implements StorageSettings {
    /** Copies the list. */
    public PostgreSql {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * A Cassandra cluster.
   *
   * @param contactPoints {@code host:port}, at least one; the other nodes are learnt from them
   * @param localDatacenter whose nodes are asked, and which holds the replicas
   * @param keyspace made if it is missing
   * @param replicationFactor of a keyspace in the local datacenter, 1 to 9
   * @param passwordFile its first line is the password; empty: nobody logs on
   */
  record Cassandra(
      List<String> contactPoints,
      String localDatacenter,
      String keyspace,
      int replicationFactor,
      String user,
      Optional<Path> passwordFile,
      Tls tls)
      implements StorageSettings {
    /** Copies the list. */
    public Cassandra {
      contactPoints = List.copyOf(contactPoints);
    }
  }

  /**
   * How the way to the database is secured.
   *
   * @param authority PEM certificates that the database's must come from; empty: those that the JVM
   *     trusts
   */
  record Tls(Mode mode, Optional<Path> authority) {
    /** What is asked of the database. */
    public enum Mode {
      /** Plain text: for a database at this computer. */
      DISABLE,
      /** Encryption, whoever answers. */
      REQUIRE,
      /** Encryption and a certificate of a known authority, whoever's it is. */
      VERIFY_CA,
      /** Encryption, a certificate of a known authority, and the host's name in it. */
      VERIFY_FULL
    }
  }
}
