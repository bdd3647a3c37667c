package io.culvert.agent.echo;

import java.net.InetAddress;
import java.util.OptionalLong;

/** Sends echo requests from one local address (RFC 792, RFC 4443). One thread. */
public final class EchoSocket implements AutoCloseable {
  private EchoSocket() {}

  /**
   * Opens a socket bound to a local address.
   *
   * @throws java.io.UncheckedIOException if the kernel refuses, with what to do about it
   */
  public static EchoSocket open(InetAddress local) {
    return new EchoSocket();
  }

  /**
   * Sends one request and waits for its reply.
   *
   * @param sequence 0 to 65535
   * @return the round-trip time in nanoseconds; empty if no reply came in time
   */
  public OptionalLong echo(InetAddress target, int sequence, long timeoutNanos) {
    return OptionalLong.empty();
  }

  @Override
  public void close() {}
}
