package io.culvert.server.backup;

import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.culvert.server.storage.EventStore;
import io.culvert.server.storage.StoredEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** Writes backups. */
public final class BackupWriter {
  static final String FORMAT = "culvert-backup";
  static final int VERSION = 1;

  private final SequenceWriter items;
  private long events;
  private long entities;
  private String last = "";

  private BackupWriter(SequenceWriter items) {
    this.items = items;
  }

  /**
   * Writes all events into a new file that only its owner may read. It has its name when it is
   * whole and on the disk.
   *
   * @throws BackupException if there is such a file already, it cannot be written, or nothing is
   *     stored: that would be another database than was meant
   */
  public static BackupContent write(EventStore store, Path file, Instant now) {
    if (Files.exists(file)) {
      throw new BackupException("%s exists already".formatted(file));
    }
    if (store.isEmpty()) {
      throw new BackupException("the database is empty: there is nothing to back up");
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.deleteIfExists(part);
      try (FileChannel channel =
          FileChannel.open(
              part,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        BackupContent content = write(store, Channels.newOutputStream(channel), channel, now);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        return content;
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new BackupException("cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static BackupContent write(
      EventStore store, OutputStream out, FileChannel channel, Instant now) throws IOException {
    GZIPOutputStream zipped = new GZIPOutputStream(out, 1 << 16);
    SequenceWriter items =
        new CBORMapper()
            .writerFor(BackupItem.class)
            .without(com.fasterxml.jackson.core.JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .writeValues(zipped);
    items.write(new BackupItem.Header(FORMAT, VERSION, now.toEpochMilli()));
    BackupWriter writer = new BackupWriter(items);
    store.read(writer::add);
    items.write(new BackupItem.End(writer.events, writer.entities));
    items.close();
    zipped.finish();
    channel.force(true);
    return new BackupContent(now, writer.events, writer.entities);
  }

  private void add(StoredEvent event) {
    try {
      items.write(new BackupItem.Event(event));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    events++;
    if (!event.persistenceId().equals(last)) {
      entities++;
      last = event.persistenceId();
    }
  }
}
