package io.culvert.server.storage;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStorageIT extends StorageContract {
  @TempDir private Path directory;

  private final AtomicInteger databases = new AtomicInteger();

  @Override
  StorageSettings fresh() {
    return new StorageSettings.Embedded(
        directory.resolve("db").resolve("culvert" + databases.incrementAndGet()), true);
  }
}
