package io.culvert.agent.main;

import io.culvert.agent.dataplane.AeadPreference;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Opens the data plane beside the main thread, which enrols in the meantime: a JVM's first calls of
 * the C library take as long as its first TLS handshake. Owned by the main thread.
 */
final class DataPlaneOpening implements AutoCloseable {
  private final FutureTask<LinuxDataPlane> opening;
  private boolean taken;

  private DataPlaneOpening(FutureTask<LinuxDataPlane> opening) {
    this.opening = opening;
  }

  static DataPlaneOpening begin(String interfaceName, int udpPort, AeadPreference aead) {
    FutureTask<LinuxDataPlane> opening =
        new FutureTask<>(() -> LinuxDataPlane.open(interfaceName, udpPort, aead));
    Thread.ofPlatform().daemon().name("culvert-open").start(opening);
    return new DataPlaneOpening(opening);
  }

  /**
   * Waits for the data plane, which is the caller's to close from then on.
   *
   * @throws java.io.UncheckedIOException with a sentence that says what is missing
   */
  LinuxDataPlane take() throws InterruptedException {
    try {
      LinuxDataPlane opened = opening.get();
      taken = true;
      return opened;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new AssertionError(e);
      }
    }
  }

  /** Closes the data plane if nobody took it. */
  @Override
  public void close() {
    if (!taken) {
      try {
        opening.get().close();
      } catch (ExecutionException nothingToClose) {
        // It could not be opened; whoever cares has called take.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the program ends, and the devices with it
      }
    }
  }
}
