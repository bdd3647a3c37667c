package io.culvert.acceptance.swarm;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.acceptance.history.AgentView;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A swarm in a process of its own. One thread drives it. */
public final class SwarmProgram implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader replies;
  private final Path log;

  private SwarmProgram(Process process, Path log) {
    this.process = process;
    this.requests = process.outputWriter();
    this.replies = process.inputReader();
    this.log = log;
  }

  /**
   * Starts an empty swarm.
   *
   * @param log the file for what it has to say besides answers
   * @param javaOptions for its JVM, separated by spaces
   * @param options of {@code ./culvert swarm}
   * @throws LabException if it cannot be started
   */
  public static SwarmProgram start(
      CulvertHome home, Path log, String javaOptions, String... options) {
    List<String> command = new ArrayList<>(List.of(home.launcher().toString(), "swarm"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(CulvertHome.RUN_WHAT_IS_BUILT);
    builder.environment().put("CULVERT_JAVA_OPTS", javaOptions);
    builder.redirectError(log.toFile());
    try {
      return new SwarmProgram(builder.start(), log);
    } catch (IOException e) {
      throw new LabException("could not start a swarm of agents", e);
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Turns tokens into nodes. */
  public SwarmReply.Enrolled enrol(List<String> tokens) {
    return ask(new SwarmRequest.Enrol(tokens), SwarmReply.Enrolled.class);
  }

  /** Starts agents; of all if no node is named. */
  public SwarmReply.Counts begin(String... nodes) {
    return ask(new SwarmRequest.Start(List.of(nodes)), SwarmReply.Counts.class);
  }

  /** Ends agents, with a word to the servers or without. */
  public SwarmReply.Counts end(boolean logOff, String... nodes) {
    return ask(new SwarmRequest.Stop(List.of(nodes), logOff), SwarmReply.Counts.class);
  }

  /** How the agents are. */
  public SwarmReply.Counts count() {
    return ask(new SwarmRequest.Count(), SwarmReply.Counts.class);
  }

  /** Who has applied a revision, and when. */
  public SwarmReply.Spread applied(String vpn, long revision, long sinceMicros) {
    return ask(new SwarmRequest.Applied(vpn, revision, sinceMicros), SwarmReply.Spread.class);
  }

  /** Who lost the link since a time, and when they were linked again. */
  public SwarmReply.Spread links(long sinceMicros) {
    return ask(new SwarmRequest.Links(sinceMicros), SwarmReply.Spread.class);
  }

  /** What every agent sees now. */
  public List<AgentView> views() {
    return ask(new SwarmRequest.Views(), SwarmReply.Seen.class).views();
  }

  private <T extends SwarmReply> T ask(SwarmRequest request, Class<T> expected) {
    try {
      requests.write(JSON.writerFor(SwarmRequest.class).writeValueAsString(request));
      requests.newLine();
      requests.flush();
      String line = replies.readLine();
      if (line == null) {
        throw new LabException("the swarm has ended; see " + log);
      }
      SwarmReply reply = JSON.readValue(line, SwarmReply.class);
      if (reply instanceof SwarmReply.Failed failed) {
        throw new LabException("the swarm could not do it: " + failed.reason());
      }
      return expected.cast(reply);
    } catch (IOException e) {
      throw new LabException(
          "the swarm does not answer (%s); see %s".formatted(e.getMessage(), log), e);
    }
  }

  /** Kills it: no agent logs off. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
