package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path directory;

  @Test
  void belongsToOneServerAtATime() {
    Path path = directory.resolve("data");
    try (DataDirectory first = DataDirectory.open(path)) {
      assertThat(first.authority()).isEqualTo(path.resolve("ca.pem"));
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("another server uses the data directory " + path);
    }
    DataDirectory.open(path).close();
  }

  @Test
  void isTheOwnersOnly() throws IOException {
    Path path = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (var _ = DataDirectory.open(path)) {
      assertThat(rights(path)).isEqualTo("rwx------");
    }
  }

  @Test
  void saysWhatToDoWhenItCannotBeMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(file.resolve("data")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("--data");
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
