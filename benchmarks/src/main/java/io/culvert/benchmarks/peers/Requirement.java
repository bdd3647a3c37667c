package io.culvert.benchmarks.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program that must be installed.
 *
 * @param file name of a command, or the absolute path of a file
 * @param debianPackage that has it in Debian 12
 */
public record Requirement(String file, String debianPackage) {
  /** Where an administrator's commands are, which are not on everybody's PATH. */
  private static final String ADMINISTRATORS_PATH = "/usr/local/sbin:/usr/sbin:/sbin";

  /** Where it is; empty if it is not installed. */
  Optional<Path> find() {
    return directories()
        .map(directory -> directory.resolve(file))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static Stream<Path> directories() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Stream.of((path + ":" + ADMINISTRATORS_PATH).split(":")).map(Path::of);
  }

  /**
   * Its absolute path, for command lines.
   *
   * @throws IllegalStateException if it is not installed: that was to be looked at before
   */
  String path() {
    return find().orElseThrow(() -> new IllegalStateException("no " + file)).toString();
  }
}
