package io.culvert.agent.main;

import io.culvert.agent.enrolment.StateDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --state}, which all commands have. */
final class StateOption {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "State directory of the agent; default /var/lib/culvert-agent as root, otherwise ~/.local/state/culvert-agent.")
  private @Nullable Path path;

  StateDirectory directory() {
    return new StateDirectory(path == null ? StateDirectory.defaultPath() : path);
  }
}
