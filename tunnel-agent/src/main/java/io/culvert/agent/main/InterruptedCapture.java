package io.culvert.agent.main;

import io.culvert.agent.localapi.LocalDownload;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C end a capture in order: the agent is told, and the process lives until the rest is in
 * the file. The JVM's end waits for that on a thread of its own.
 */
final class InterruptedCapture implements AutoCloseable {
  private static final long MAX_WAIT_SECONDS = 5;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private InterruptedCapture(LocalDownload download) {
    hook =
        new Thread(
            () -> {
              download.stop();
              try {
                var _ = done.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "culvert-capture-stop");
  }

  static InterruptedCapture watch(LocalDownload download) {
    InterruptedCapture watching = new InterruptedCapture(download);
    Runtime.getRuntime().addShutdownHook(watching.hook);
    return watching;
  }

  /** The file is complete. */
  void done() {
    done.countDown();
  }

  @Override
  public void close() {
    done();
    try {
      var _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException itRuns) {
      // The process ends already.
    }
  }
}
