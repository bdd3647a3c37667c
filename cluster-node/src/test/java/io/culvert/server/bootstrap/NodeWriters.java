package io.culvert.server.bootstrap;

import io.culvert.server.bootstrap.ServerProcess.Administrator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Threads that create and delete nodes of one organization until they are stopped. */
final class NodeWriters implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final CommandHistory history;
  private final String nodes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> writers = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * Starts them.
   *
   * @param administrators a writer each
   */
  NodeWriters(CommandHistory history, String organization, List<Administrator> administrators) {
    this.history = history;
    nodes = "/api/v1/organizations/%s/nodes".formatted(organization);
    for (int i = 0; i < administrators.size(); i++) {
      Administrator administrator = administrators.get(i);
      String prefix = "w%d-".formatted(i);
      writers.add(threads.submit(() -> write(administrator, prefix)));
    }
  }

  /** Every third one is deleted again. */
  private void write(Administrator administrator, String prefix) {
    for (int i = 0; !stopped; i++) {
      String name = prefix + i;
      if (!answered(administrator, 201, "POST", nodes, "{\"name\":\"%s\"}".formatted(name))) {
        history.unanswered(name);
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      history.created(name);
      if (i % 3 == 0) {
        if (answered(administrator, 200, "DELETE", nodes + "/" + name, "")) {
          history.deleted(name);
        } else {
          history.unanswered(name);
        }
      }
    }
  }

  /** Never asks again: only the first answer is known to be of this request. */
  private static boolean answered(
      Administrator administrator, int expected, String method, String path, String body) {
    try {
      int status = administrator.status(method, path, body);
      if (status != expected && status != 503) {
        throw new AssertionError("%s %s: %d".formatted(method, path, status));
      }
      return status == expected;
    } catch (IOException e) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Lets each end what it is at; fails if one has failed. */
  void stop() throws Exception {
    stopped = true;
    for (Future<?> writer : writers) {
      writer.get(ServerProcess.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }
}
