package io.culvert.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where an operator keeps a database's password. */
final class PasswordFile {
  private PasswordFile() {}

  /**
   * The password: the first line.
   *
   * @throws StorageException if the file cannot be read
   */
  static String firstLine(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new StorageException("cannot read the password file %s".formatted(file), e);
    }
  }
}
