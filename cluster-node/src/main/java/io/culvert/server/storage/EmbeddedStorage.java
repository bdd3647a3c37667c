package io.culvert.server.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.setup.Setup;

/** H2 in one file of the data directory. It is in this process, so it is never away. */
final class EmbeddedStorage implements Storage {
  private static final String USER = "culvert";
  private static final SqlSchema SCHEMA = new SqlSchema("h2", 1);

  private final StorageSettings.Embedded settings;
  private final Availability availability = new Availability();

  EmbeddedStorage(StorageSettings.Embedded settings) {
    this.settings = settings;
    availability.available("embedded");
  }

  /** H2 has no lock for schemas: servers that share the file take one beside it. */
  @Override
  public void prepare() {
    // A lock of a file is the process's.
    synchronized (EmbeddedStorage.class) {
      migrate();
    }
  }

  private void migrate() {
    Path lock = Path.of(settings.path() + ".schema.lock");
    try {
      Files.createDirectories(Objects.requireNonNull(lock.getParent()));
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock();
          Connection connection = DriverManager.getConnection(url(), USER, "")) {
        Objects.requireNonNull(held);
        SCHEMA.migrate(connection);
      }
    } catch (IOException | SQLException e) {
      throw new StorageException(
          "cannot use the database %s: %s; is another server using it?"
              .formatted(settings.path(), e.getMessage()),
          e);
    }
  }

  /**
   * {@code WRITE_DELAY=0}: a commit is in the file before it is acknowledged, so that the end of
   * the process loses nothing. H2 closes a shared database by itself when the process ends; an
   * unshared one stays open until the server has drained. {@code NETWORK_TIMEOUT}, in milliseconds:
   * what goes through another server's process is not waited for without end.
   */
  private String url() {
    if (settings.shared()) {
      // Otherwise H2 would serve the other processes of this computer at all of its addresses.
      System.setProperty("h2.bindAddress", "127.0.0.1");
    }
    return "jdbc:h2:file:%s;WRITE_DELAY=0;%s"
        .formatted(
            settings.path(),
            settings.shared() ? "AUTO_SERVER=TRUE;NETWORK_TIMEOUT=5000" : "DB_CLOSE_ON_EXIT=FALSE");
  }

  @Override
  public Config pekko() {
    String database = "pekko-persistence-jdbc.shared-databases.slick.db.";
    return ConfigFactory.parseMap(Map.of(database + "url", url(), database + "user", USER));
  }

  @Override
  public Optional<Setup> setup() {
    return Optional.empty();
  }

  @Override
  public EventStore events() {
    return new SqlEvents(() -> DriverManager.getConnection(url(), USER, ""));
  }

  @Override
  public Availability availability() {
    return availability;
  }

  @Override
  public void close() {}
}
