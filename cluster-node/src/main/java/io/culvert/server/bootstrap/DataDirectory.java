package io.culvert.server.bootstrap;

import io.culvert.server.pki.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A server's data directory, held by one process at a time. */
final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes the directory if it is missing, and takes it.
   *
   * @throws SettingsException if another process has it, or it cannot be used
   */
  static DataDirectory open(Path path) {
    try {
      PrivateFiles.createDirectory(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        channel.close();
        throw new SettingsException(
            "another server uses the data directory %s; stop it, or use another one with --data"
                .formatted(path));
      }
      return new DataDirectory(path, channel);
    } catch (IOException | UncheckedIOException e) {
      throw new SettingsException(
          "cannot use the data directory %s: %s; choose one that you may write with --data"
              .formatted(path, e.getMessage()));
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException byThisProcess) {
      return false;
    }
  }

  /** Where keys and certificates are. */
  Path keys() {
    return path.resolve("keys");
  }

  /** The cluster CA's certificate, for whoever should trust it. */
  Path authority() {
    return path.resolve("ca.pem");
  }

  /** Lets another process have it. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
