package io.culvert.acceptance.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * How a program ended.
 *
 * @param command as it was typed
 * @param exitStatus 0 for success
 * @param output all of its standard output
 * @param errors all of its standard error
 */
public record Outcome(String command, int exitStatus, String output, String errors) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether the exit status is 0. */
  public boolean succeeded() {
    return exitStatus == 0;
  }

  /**
   * This, if it succeeded.
   *
   * @throws LabException with the command and what it printed, otherwise
   */
  public Outcome orFail() {
    if (!succeeded()) {
      throw new LabException(
          "'%s' ended with %d: %s %s"
              .formatted(command, exitStatus, output.strip(), errors.strip())
              .strip());
    }
    return this;
  }

  /**
   * The standard output of a successful program as JSON.
   *
   * @throws LabException if it failed or printed something else
   */
  public JsonNode json() {
    try {
      return JSON.readTree(orFail().output);
    } catch (JsonProcessingException e) {
      throw new LabException("'%s' did not print JSON: %s".formatted(command, output.strip()), e);
    }
  }
}
