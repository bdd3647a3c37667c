package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A laboratory of network namespaces, built by {@code ops/lab/lab.sh} (its head has the picture).
 * Closing it ends every program in it and removes it.
 */
public final class Laboratory implements AutoCloseable {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

  private final CulvertHome home;
  private final String name;
  private final Path run;

  /**
   * A laboratory that is not built yet.
   *
   * @param name prefix of the namespaces: laboratories with different names run side by side
   * @param run an empty directory for logs, captures and the programs' data
   */
  public Laboratory(CulvertHome home, String name, Path run) {
    this.home = home;
    this.name = name;
    this.run = run;
  }

  /** Which network to build. */
  public enum Shape {
    /** An Internet in the middle, with a public host, a PAT and a 1:1 NAT. */
    INTERNET,
    /** Two nodes back to back, and their server. */
    PAIR,
    /** Three pairs of nodes back to back with one server, for VPNs that are compared. */
    BENCH,
    /** The servers of one cluster, and this process beside them, in a namespace made for it. */
    CLUSTER
  }

  /** Makes a laboratory and builds it. */
  public static Laboratory up(CulvertHome home, String name, Path run, Shape shape) {
    Laboratory lab = new Laboratory(home, name, run);
    lab.build(shape);
    return lab;
  }

  /**
   * Builds it; one of the same name that was left over is removed first. Debian packages that are
   * missing are installed if that is allowed.
   *
   * @throws LabException with the script's own words if it cannot be built
   */
  public void build(Shape shape) {
    script("up", shape.name().toLowerCase(Locale.ROOT)).orFail();
  }

  /**
   * Sees to it that commands are there which not every laboratory needs.
   *
   * @param commands each in a Debian package of its name, which is installed if that is allowed
   * @throws LabException saying what to install
   */
  public void require(String... commands) {
    List<String> arguments = new ArrayList<>(List.of("packages"));
    arguments.addAll(List.of(commands));
    script(arguments.toArray(String[]::new)).orFail();
  }

  /** A new empty directory for a laboratory, readable by its owner only. */
  public static Path newRunDirectory() {
    try {
      return Files.createTempDirectory("culvert-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Prefix of its namespaces. */
  public String name() {
    return name;
  }

  /** Where logs, captures and data are. */
  public Path run() {
    return run;
  }

  /** Where Culvert is. */
  public CulvertHome home() {
    return home;
  }

  /** One of its hosts, as the picture in lab.sh names it. */
  public LabHost host(String host) {
    return new LabHost(this, host);
  }

  /** The command that takes it down, for a person to type. */
  public String downCommand() {
    return "LAB=%s LAB_RUN=%s %s down".formatted(name, run, home.labScript());
  }

  /** Ends every program in it and removes it; doing so twice does no harm. */
  @Override
  public void close() {
    script("down").orFail();
  }

  private Outcome script(String... arguments) {
    List<String> command = new ArrayList<>(List.of(home.labScript().toString()));
    command.addAll(List.of(arguments));
    return Programs.run(command, Map.of("LAB", name, "LAB_RUN", run.toString()), null, BUILD_LIMIT);
  }
}
