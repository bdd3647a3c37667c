package io.culvert.server.storage;

import java.util.Iterator;
import java.util.function.Consumer;

/** All events of a storage, without the actors that they belong to. For one thread. */
public interface EventStore {
  /** Whether nothing was ever stored. */
  boolean isEmpty();

  /**
   * Reads all events, those of an entity one after the other and in their order.
   *
   * @throws StorageException if the database fails
   */
  void read(Consumer<StoredEvent> sink);

  /**
   * Writes all of them, or none that a server would use. No server may run.
   *
   * @param events what it throws ends the writing, and is thrown here
   * @throws StorageException if the database fails, or is not empty
   */
  void write(Iterator<StoredEvent> events);
}
