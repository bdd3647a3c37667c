package io.culvert.server.storage;

import java.nio.ByteBuffer;

/**
 * One event as it stands in any storage.
 *
 * @param persistenceId the entity
 * @param sequenceNumber from 1, without gaps
 * @param writer Pekko's mark of the run of the entity that wrote it
 * @param writtenMillis since 1970
 * @param serializer Pekko's number of the serializer
 * @param manifest the serializer's; may be empty
 * @param payload from its position to its limit; not copied: whoever has it leaves it as it is
 */
public record StoredEvent(
    String persistenceId,
    long sequenceNumber,
    String writer,
    long writtenMillis,
    int serializer,
    String manifest,
    ByteBuffer payload) {
  /** A copy of the payload. */
  byte[] bytes() {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }

  /** Without the content. */
  @Override
  public String toString() {
    return "%s %d: %d bytes".formatted(persistenceId, sequenceNumber, payload.remaining());
  }
}
