package io.culvert.agent.main;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where a capture goes: a new file that only its owner may read, or standard output. */
final class CaptureFile implements AutoCloseable {
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private final OutputStream stream;
  private final boolean standardOutput;

  private CaptureFile(OutputStream stream, boolean standardOutput) {
    this.stream = stream;
    this.standardOutput = standardOutput;
  }

  /**
   * Makes it.
   *
   * @param path {@code -}: standard output
   * @throws IOException if there is such a file, or none can be made there
   */
  static CaptureFile create(Path path) throws IOException {
    if (path.equals(STANDARD_OUTPUT)) {
      return new CaptureFile(new FileOutputStream(FileDescriptor.out), true);
    }
    return new CaptureFile(
        Channels.newOutputStream(
            Files.newByteChannel(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")))),
        false);
  }

  OutputStream stream() {
    return stream;
  }

  boolean isStandardOutput() {
    return standardOutput;
  }

  /** Why it cannot be written, for a person. */
  static String reason(IOException failure) {
    return switch (failure) {
      case FileAlreadyExistsException exists -> "it exists, and is left alone";
      case NoSuchFileException missing -> "its directory does not exist";
      case FileSystemException refused when refused.getReason() != null -> refused.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
