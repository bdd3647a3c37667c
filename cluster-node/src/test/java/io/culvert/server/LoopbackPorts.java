package io.culvert.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for the programs that a test starts: below those that the kernel gives to clients, so that
 * no connection takes the port of a program that has not begun to listen. Thread-safe.
 */
public final class LoopbackPorts {
  private static final int FIRST = 10_000;
  private static final int LAST = 32_000;

  /** Processes that run at the same time begin at different places. */
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % (LAST - FIRST)));

  private LoopbackPorts() {}

  /** A port of the loopback address that nobody listens on now, and that was not given before. */
  public static int free() {
    for (int tries = FIRST; tries < LAST; tries++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new AssertionError("all ports from %d to %d are taken".formatted(FIRST, LAST));
  }
}
