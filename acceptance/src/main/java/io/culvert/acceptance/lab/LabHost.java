package io.culvert.acceptance.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One host of a laboratory.
 *
 * @param lab it belongs to
 * @param name as in the picture of lab.sh
 */
public record LabHost(Laboratory lab, String name) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Name of its network namespace. */
  public String namespace() {
    return lab.name() + "-" + name;
  }

  /**
   * Runs a program there, to its end.
   *
   * @throws LabException if it takes more than a minute
   */
  public Outcome run(String... command) {
    return run(List.of(command), null);
  }

  /**
   * Runs a program there, to its end.
   *
   * @param input for its standard input, null for nothing
   * @throws LabException if it takes more than a minute
   */
  public Outcome run(List<String> command, @Nullable String input) {
    return Programs.run(inside(command), Map.of(), input, LIMIT);
  }

  /** Starts a program there that goes on by itself; its log has the name of the program. */
  public BackgroundProgram start(String program, List<String> command) {
    return start(
        program, command, CulvertHome.RUN_WHAT_IS_BUILT, lab.run().resolve(program + ".log"));
  }

  /**
   * Starts a program there that goes on by itself.
   *
   * @param environment added to this process's own
   * @param log to which its output is appended
   */
  public BackgroundProgram start(
      String program, List<String> command, Map<String, String> environment, Path log) {
    List<String> detached = new ArrayList<>(List.of("setsid"));
    detached.addAll(command);
    return BackgroundProgram.start(program, inside(detached), environment, log);
  }

  /**
   * Runs one of Culvert's own commands there, to its end.
   *
   * @param environment added to this process's own
   * @param input for its standard input, null for nothing
   */
  public Outcome culvert(
      List<String> arguments, Map<String, String> environment, @Nullable String input) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(CulvertHome.RUN_WHAT_IS_BUILT);
    return Programs.run(inside(culvertCommand(arguments)), all, input, LIMIT);
  }

  /** Starts one of Culvert's own programs there. */
  public BackgroundProgram startCulvert(String program, List<String> arguments) {
    return start(program, culvertCommand(arguments));
  }

  /** A directory of its own for a program's data. */
  public Path directory(String of) {
    return lab.run().resolve(of);
  }

  private List<String> culvertCommand(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(lab.home().launcher().toString()));
    command.addAll(arguments);
    return command;
  }

  private List<String> inside(List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace()));
    all.addAll(command);
    return all;
  }
}
