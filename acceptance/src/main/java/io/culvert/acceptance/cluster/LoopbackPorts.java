package io.culvert.acceptance.cluster;

import io.culvert.acceptance.lab.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that are started again and again: below those that the kernel gives to clients,
 * so that no agent's connection takes the port of a server that is down. Thread-safe.
 */
final class LoopbackPorts {
  private static final int FIRST = 10_000;
  private static final int LAST = 32_000;

  /** Processes that run at the same time begin at different places. */
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % (LAST - FIRST)));

  private LoopbackPorts() {}

  /** A port of 127.0.0.1 that nobody listens on now, and that was not given before. */
  static int free() {
    for (int tries = FIRST; tries < LAST; tries++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new LabException("all ports from %d to %d are taken".formatted(FIRST, LAST));
  }
}
