package io.culvert.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The newest timeline of the database that this server has seen, in a file: a server that starts
 * anew must not take an old primary either. Owned by the watch's thread.
 */
final class TimelineNote {
  private final Path file;
  private int newest;

  private TimelineNote(Path file, int newest) {
    this.file = file;
    this.newest = newest;
  }

  /**
   * Reads the note.
   *
   * @throws StorageException if there is one that cannot be read
   */
  static TimelineNote open(Path file) {
    try {
      return new TimelineNote(
          file, Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0);
    } catch (IOException | NumberFormatException e) {
      throw new StorageException(
          "cannot read %s, the newest timeline of the database that was seen; remove it if no old primary can come back"
              .formatted(file),
          e);
    }
  }

  int newest() {
    return newest;
  }

  /** Notes a newer one; does nothing otherwise. */
  void raise(int timeline) {
    if (timeline <= newest) {
      return;
    }
    try {
      Path next = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(next, timeline + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StorageException("cannot write %s".formatted(file), e);
    }
    newest = timeline;
  }
}
