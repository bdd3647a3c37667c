package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/** Logs and captures of a laboratory in which something failed, kept where a person looks. */
public final class Artefacts {
  private static final String WANTED = ".*\\.(log|pcap|conf|jsonl)";

  private Artefacts() {}

  /**
   * Copies logs, captures and configurations; the programs' data with their keys is left out.
   *
   * @param label name of a directory under {@code target/artefacts}, emptied first
   * @return where they are
   */
  public static Path collect(Laboratory lab, String label) {
    return collect(lab.home(), lab.run(), label);
  }

  /**
   * The same of any run's directory, and of those in it.
   *
   * @param run where the run's programs have their files
   * @param label name of a directory under {@code target/artefacts}, emptied first
   * @return where they are
   */
  public static Path collect(CulvertHome home, Path run, String label) {
    Path to = home.directory().resolve("target/artefacts").resolve(label);
    try {
      delete(to);
      Files.createDirectories(to);
      for (Path file : filesIn(run)) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (var files = Files.walk(directory, 2)) {
      return files
          .filter(file -> file.getFileName().toString().matches(WANTED))
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  /** Removes a directory and all that is in it, if it exists. */
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (var tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
