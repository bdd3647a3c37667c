package io.culvert.acceptance.cluster;

import java.nio.file.Path;

/** Where the servers of one cluster keep what was decided. */
public interface ClusterStorage extends AutoCloseable {
  /** Settings for the file of each server, in HOCON. */
  String settings();

  /** Ends what it has started. */
  @Override
  void close();

  /**
   * One database file, used by all servers of this computer at once. Whoever opens it first serves
   * the others.
   *
   * @param file path without its ending
   */
  static ClusterStorage sharedFile(Path file) {
    return new ClusterStorage() {
      @Override
      public String settings() {
        return "culvert.embedded-storage { path = \"%s\", shared = true }".formatted(file);
      }

      @Override
      public void close() {}
    };
  }
}
