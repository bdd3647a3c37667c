package io.culvert.server.agentgateway;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections that were accepted and not let in yet, in their order. Each costs a socket and some
 * objects, but no TLS. Who has gone meanwhile is found out at its turn. Owned by the listening
 * channel's event loop; {@link #size} may be read by others.
 */
final class WaitingRoom {
  /** Those who come beyond wait in the kernel, or hear nothing and try another server. */
  static final int MOST = 8_192;

  private final Queue<Place> places = new ArrayDeque<>();
  private final LongSupplier nanoClock;
  private volatile int size;

  /** Empty. */
  WaitingRoom(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  private record Place(EarlyChannel connection, long sinceNanos) {}

  /**
   * Whose turn it is.
   *
   * @param waited how long it was here
   */
  record Guest(EarlyChannel connection, Duration waited) {
    /** Whether it has said something. */
    boolean hasSpoken() {
      return connection.hasSpoken();
    }
  }

  void add(EarlyChannel connection) {
    places.add(new Place(connection, nanoClock.getAsLong()));
    size = places.size();
  }

  int size() {
    return size;
  }

  boolean hasRoom() {
    return places.size() < MOST;
  }

  /** The first of those who are still there; null if there is none. */
  @Nullable Guest next() {
    Guest found = null;
    while (found == null && !places.isEmpty()) {
      Place place = places.remove();
      if (place.connection().isThere()) {
        long waitedNanos = nanoClock.getAsLong() - place.sinceNanos();
        found = new Guest(place.connection(), Duration.ofNanos(waitedNanos));
      } else {
        leave(place.connection());
      }
    }
    size = places.size();
    return found;
  }

  /** Nobody is let in any more. */
  void close() {
    size = 0; // first: who notices that it was left counts no more
    places.forEach(place -> leave(place.connection()));
    places.clear();
  }

  /** No event loop has it yet: what a channel does in one is not to be had. */
  private static void leave(EarlyChannel connection) {
    connection.unsafe().closeForcibly();
  }
}
