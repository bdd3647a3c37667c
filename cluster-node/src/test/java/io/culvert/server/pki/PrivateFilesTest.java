package io.culvert.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
  @TempDir private Path directory;

  @Test
  void replacesAFileAndLeavesNothingBeside() throws IOException {
    Path file = directory.resolve("key");
    Files.writeString(file, "old and longer");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.writeString(directory.resolve("key.new"), "left by a crash");

    PrivateFiles.write(file, "new".getBytes(StandardCharsets.US_ASCII));

    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void saysWhichFileItCannotWrite() {
    Path file = directory.resolve("none").resolve("key");

    assertThatThrownBy(() -> PrivateFiles.write(file, new byte[1]))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }
}
