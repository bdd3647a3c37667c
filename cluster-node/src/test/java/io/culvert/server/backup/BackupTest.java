package io.culvert.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.server.storage.EventStore;
import io.culvert.server.storage.Storage;
import io.culvert.server.storage.StorageException;
import io.culvert.server.storage.StorageSettings;
import io.culvert.server.storage.StoredEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  /** Gzip's own time and system, which mean nothing to the content. */
  private static final int GZIP_TIME = 4;

  private static final int GZIP_CONTENT = 10;

  @TempDir private Path directory;

  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("culvert.backup");
  }

  private EventStore store(String name) throws InterruptedException {
    Storage storage = Storage.of(new StorageSettings.Embedded(directory.resolve(name), false));
    storage.prepare();
    return storage.events();
  }

  private static StoredEvent event(String entity, long number) {
    byte[] payload = "%s:%d".formatted(entity, number).getBytes(StandardCharsets.UTF_8);
    return new StoredEvent(
        entity, number, "writer", 1_000 + number, 7601, "", ByteBuffer.wrap(payload));
  }

  private static List<StoredEvent> events() {
    return List.of(event("node|a", 1), event("node|a", 2), event("vpn|b", 1));
  }

  private static List<StoredEvent> read(EventStore store) {
    List<StoredEvent> events = new ArrayList<>();
    store.read(events::add);
    return events;
  }

  private void backUp() throws InterruptedException {
    EventStore store = store("from");
    store.write(events().iterator());
    assertThat(BackupWriter.write(store, file, NOW)).isEqualTo(new BackupContent(NOW, 3, 2));
  }

  @Test
  void restoresWhatWasBackedUp() throws Exception {
    backUp();
    EventStore to = store("to");

    assertThat(BackupReader.restore(file, to)).isEqualTo(new BackupContent(NOW, 3, 2));
    assertThat(read(to)).containsExactlyElementsOf(events());
  }

  @Test
  void isReadableByItsOwnerOnlyAndOverwritesNothing() throws Exception {
    backUp();

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(directory.resolve("culvert.backup.part")).doesNotExist();
    EventStore store = store("other");
    assertThatThrownBy(() -> BackupWriter.write(store, file, NOW))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("exists already");
  }

  @Test
  void makesNoBackupOfAnEmptyDatabase() throws Exception {
    EventStore store = store("empty");

    assertThatThrownBy(() -> BackupWriter.write(store, file, NOW))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("is empty");
    assertThat(file).doesNotExist();
  }

  @Test
  void refusesAnyPartOfABackup() throws Exception {
    backUp();
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> BackupReader.check(file))
          .as("the first %d bytes", length)
          .isInstanceOf(BackupException.class);
    }
  }

  @Test
  void refusesAnyChangedByte() throws Exception {
    backUp();
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      if (at >= GZIP_TIME && at < GZIP_CONTENT) {
        continue;
      }
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      Files.write(file, changed);
      assertThatThrownBy(() -> BackupReader.check(file))
          .as("byte %d", at)
          .isInstanceOf(BackupException.class);
    }
  }

  @Test
  void refusesForeignFiles() throws Exception {
    Files.writeString(file, "not even compressed");
    assertThatThrownBy(() -> BackupReader.check(file))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("no backup of Culvert");

    try (OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(file))) {
      zipped.write("{\"item\": \"header\"}".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> BackupReader.check(file))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("no backup of Culvert");

    assertThatThrownBy(() -> BackupReader.check(directory.resolve("nothing")))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("cannot read");
  }

  @Test
  void leavesADatabaseAloneThatIsNotEmpty() throws Exception {
    backUp();
    EventStore to = store("to");
    List<StoredEvent> before = List.of(event("directory", 1));
    to.write(before.iterator());

    assertThatThrownBy(() -> BackupReader.restore(file, to))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("not empty");
    assertThat(read(to)).containsExactlyElementsOf(before);
  }

  @Test
  void writesNothingOfADamagedBackup() throws Exception {
    backUp();
    byte[] whole = Files.readAllBytes(file);
    // The checksum alone: all events can be read.
    whole[whole.length - 6] ^= 1;
    Files.write(file, whole);
    EventStore to = store("to");

    assertThatThrownBy(() -> BackupReader.restore(file, to)).isInstanceOf(BackupException.class);
    assertThat(to.isEmpty()).isTrue();
  }

  @Test
  void refusesABackupWithAGap() throws Exception {
    EventStore store = store("from");
    store.write(List.of(event("node|a", 1), event("node|a", 3)).iterator());
    BackupWriter.write(store, file, NOW);

    assertThatThrownBy(() -> BackupReader.check(file))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("event 2 of node|a is missing");
  }

  @Test
  void writesAllOrNothing() throws IOException, InterruptedException {
    EventStore to = store("to");
    List<StoredEvent> twice = List.of(event("node|a", 1), event("node|a", 1));

    assertThatThrownBy(() -> to.write(twice.iterator())).isInstanceOf(StorageException.class);
    assertThat(to.isEmpty()).isTrue();
  }
}
