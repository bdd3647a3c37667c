package io.culvert.server.feed;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.protocol.v1.Attributes;
import java.time.Instant;
import java.util.Comparator;

/**
 * That a node is online, and where.
 *
 * @param sessionId of the session that owns the node
 * @param logonAt when the session logged on; the newest one counts
 * @param server the server where the session lives
 * @param attributes what the node told of itself: an encoded {@code Attributes} frame, already
 *     validated
 * @param observedAddress 4 or 16 bytes: where the server saw the agent's connection come from
 */
public record Presence(
    String sessionId,
    Instant logonAt,
    String server,
    ByteString attributes,
    ByteString observedAddress) {
  /** The session that owns the node is the greatest. */
  static final Comparator<Presence> NEWEST_LAST =
      Comparator.comparing(Presence::logonAt).thenComparing(Presence::sessionId);

  /** How often the agent asks for changes; 0: they are pushed. */
  long pullIntervalMillis() {
    try {
      return Attributes.parseFrom(attributes).getPullIntervalMs();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("attributes were not validated", e);
    }
  }
}
