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
      /** Encryption, a certificate of a known authority, and the host's name in it. */
      VERIFY_FULL
    }
  }
}
