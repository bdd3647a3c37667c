package io.culvert.acceptance.cluster;

import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.LabHost;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Where a server runs. */
public interface ServerHost {
  /** The address that the server listens at, and at which everybody reaches it. */
  String address();

  /**
   * Starts a program there.
   *
   * @param environment added to this process's own
   * @param log to which its output is appended
   */
  BackgroundProgram start(
      String program, List<String> command, Map<String, String> environment, Path log);

  /** Hosts that are all this process's own, where servers differ by their ports. */
  static List<ServerHost> loopback(int size) {
    return Collections.nCopies(size, new Loopback());
  }

  /** The loopback address. */
  record Loopback() implements ServerHost {
    @Override
    public String address() {
      return "127.0.0.1";
    }

    @Override
    public BackgroundProgram start(
        String program, List<String> command, Map<String, String> environment, Path log) {
      return BackgroundProgram.start(program, command, environment, log);
    }
  }

  /** A network namespace of its own. */
  record Namespace(LabHost host, String address) implements ServerHost {
    @Override
    public BackgroundProgram start(
        String program, List<String> command, Map<String, String> environment, Path log) {
      return host.start(program, command, environment, log);
    }
  }
}
