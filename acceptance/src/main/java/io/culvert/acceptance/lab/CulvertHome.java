package io.culvert.acceptance.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where Culvert is installed or checked out.
 *
 * @param directory holds the launcher {@code culvert} and {@code ops/}
 */
public record CulvertHome(Path directory) {
  /** What the launcher is told when tests and demonstrations start it: run what is there. */
  public static final Map<String, String> RUN_WHAT_IS_BUILT = Map.of("CULVERT_BUILD", "no");

  /**
   * What {@code CULVERT_HOME} says (the launcher sets it), or the nearest directory upwards from
   * the working directory that holds the launcher.
   *
   * @throws LabException if there is none
   */
  public static CulvertHome find() {
    Optional<Path> named = Optional.ofNullable(System.getenv("CULVERT_HOME")).map(Path::of);
    return new CulvertHome(named.orElseGet(CulvertHome::upwards));
  }

  private static Path upwards() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isExecutable(at.resolve("culvert")) && Files.exists(at.resolve("ops/lab/lab.sh"))) {
        return at;
      }
    }
    throw new LabException("there is no launcher 'culvert' here or above; set CULVERT_HOME");
  }

  /** The launcher. */
  public Path launcher() {
    return directory.resolve("culvert");
  }

  /** The script that builds laboratories. */
  public Path labScript() {
    return directory.resolve("ops/lab/lab.sh");
  }
}
