package io.culvert.server.backup;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.culvert.server.storage.EventStore;
import io.culvert.server.storage.StoredEvent;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one backup once, from its header to its end, and refuses what is not as it was written:
 * gzip has a checksum over all, the end says how many events there were, and the events of each
 * entity are numbered from 1.
 */
public final class BackupReader implements Iterator<StoredEvent>, AutoCloseable {
  private final Path file;
  private final InputStream unzipped;
  private final MappingIterator<BackupItem> items;
  private final Instant created;
  private @Nullable StoredEvent next;
  private @Nullable StoredEvent previous;
  private long events;
  private long entities;

  private BackupReader(Path file) throws IOException {
    this.file = file;
    InputStream in = Files.newInputStream(file);
    try {
      unzipped = new GZIPInputStream(in, 1 << 16);
      items =
          new CBORMapper()
              .readerFor(BackupItem.class)
              .without(JsonParser.Feature.AUTO_CLOSE_SOURCE)
              .readValues(unzipped);
      if (!(items.next() instanceof BackupItem.Header header)
          || !header.format().equals(BackupWriter.FORMAT)) {
        throw new BackupException("%s is no backup of Culvert".formatted(file));
      }
      if (header.version() != BackupWriter.VERSION) {
        throw new BackupException(
            "%s is a backup of version %d, this culvert knows version %d"
                .formatted(file, header.version(), BackupWriter.VERSION));
      }
      created = Instant.ofEpochMilli(header.createdMillis());
      advance();
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * Reads all of a file without using it.
   *
   * @throws BackupException if it is no whole, undamaged backup
   */
  public static BackupContent check(Path file) {
    try (BackupReader reader = open(file)) {
      while (reader.hasNext()) {
        reader.next();
      }
      return new BackupContent(reader.created, reader.events, reader.entities);
    }
  }

  /**
   * Checks all of a file, and only then writes its events.
   *
   * @throws BackupException if it is no whole, undamaged backup; nothing was written then
   * @throws io.culvert.server.storage.StorageException if the store is not empty, or fails
   */
  public static BackupContent restore(Path file, EventStore store) {
    BackupContent content = check(file);
    try (BackupReader reader = open(file)) {
      store.write(reader);
    }
    return content;
  }

  private static BackupReader open(Path file) {
    try {
      return new BackupReader(file);
    } catch (IOException | RuntimeException e) {
      throw failed(file, e);
    }
  }

  /** Damaged bytes may look like values that no backup has: any exception means the same. */
  private static BackupException failed(Path file, Exception failure) {
    return switch (failure) {
      case BackupException known -> known;
      case EOFException end -> new BackupException("%s is cut off".formatted(file), end);
      case ZipException damage ->
          new BackupException(
              "%s is damaged, or no backup of Culvert: %s".formatted(file, damage.getMessage()),
              damage);
      case JsonProcessingException damage ->
          new BackupException("%s is damaged, or no backup of Culvert".formatted(file), damage);
      case IOException other ->
          new BackupException("cannot read %s: %s".formatted(file, other.getMessage()), other);
      default ->
          new BackupException("%s is damaged, or no backup of Culvert".formatted(file), failure);
    };
  }

  private void advance() throws IOException {
    if (!items.hasNextValue()) {
      throw new BackupException("%s is cut off".formatted(file));
    }
    switch (items.nextValue()) {
      case BackupItem.Header second -> throw damaged("two headers");
      case BackupItem.Event item -> {
        requireInOrder(item.event());
        next = item.event();
      }
      case BackupItem.End end -> {
        // To the last byte: gzip compares its checksum there.
        if (end.events() != events || end.entities() != entities || items.hasNextValue()) {
          throw damaged("it does not hold what its end says");
        }
        if (unzipped.read() != -1) {
          throw damaged("something follows its end");
        }
        next = null;
      }
    }
  }

  private void requireInOrder(StoredEvent event) {
    StoredEvent before = previous;
    boolean same = before != null && before.persistenceId().equals(event.persistenceId());
    long expected = same && before != null ? before.sequenceNumber() + 1 : 1;
    if (event.sequenceNumber() != expected) {
      throw damaged("event %d of %s is missing".formatted(expected, event.persistenceId()));
    }
    events++;
    entities += same ? 0 : 1;
    previous = event;
  }

  private BackupException damaged(String how) {
    return new BackupException("%s is damaged: %s".formatted(file, how));
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public StoredEvent next() {
    StoredEvent event = next;
    if (event == null) {
      throw new NoSuchElementException();
    }
    try {
      advance();
    } catch (IOException | RuntimeException e) {
      throw failed(file, e);
    }
    return event;
  }

  @Override
  public void close() {
    try {
      items.close();
      unzipped.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
