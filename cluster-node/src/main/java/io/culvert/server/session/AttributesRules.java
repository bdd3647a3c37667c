package io.culvert.server.session;

import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Endpoint;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a node may tell of itself: it goes to all its peers, so it is checked once, here. Pure. */
final class AttributesRules {
  /** More than all tags of the longest names take, and less than a frame between servers. */
  private static final int MAX_BYTES = 32 * 1024;

  private static final int X25519_BYTES = 32;
  private static final int MAX_ENDPOINTS = 16;
  private static final int MAX_TAG = 127;
  private static final int MAX_HOST_NAME = 255;
  private static final int MAX_PORT = 65535;
  private static final int MIN_PULL_MILLIS = 1_000;
  private static final int MAX_PULL_MILLIS = 86_400_000;

  private AttributesRules() {}

  /** What is wrong, as a sentence; null if nothing is. */
  static @Nullable String violation(Attributes attributes) {
    if (attributes.getSerializedSize() > MAX_BYTES) {
      return "attributes of %d bytes, more than %d"
          .formatted(attributes.getSerializedSize(), MAX_BYTES);
    }
    if (attributes.getX25519PublicKey().size() != X25519_BYTES) {
      return "x25519_public_key has %d bytes, not %d"
          .formatted(attributes.getX25519PublicKey().size(), X25519_BYTES);
    }
    if (!isPort(attributes.getUdpPort())) {
      return "udp_port is not in 1..%d".formatted(MAX_PORT);
    }
    if (attributes.getLocalEndpointsCount() > MAX_ENDPOINTS) {
      return "more than %d local_endpoints".formatted(MAX_ENDPOINTS);
    }
    for (Endpoint endpoint : attributes.getLocalEndpointsList()) {
      int length = endpoint.getAddress().size();
      if ((length != 4 && length != 16) || !isPort(endpoint.getPort())) {
        return "a local endpoint is no address with a port";
      }
    }
    if (attributes.getSpiTagsCount() > MAX_TAG) {
      return "more than %d spi_tags".formatted(MAX_TAG);
    }
    for (Map.Entry<String, Integer> tag : attributes.getSpiTagsMap().entrySet()) {
      if (tag.getValue() < 1 || tag.getValue() > MAX_TAG) {
        return "a spi_tag is not in 1..%d".formatted(MAX_TAG);
      }
    }
    if (attributes.getHostName().length() > MAX_HOST_NAME) {
      return "host_name is longer than %d".formatted(MAX_HOST_NAME);
    }
    if (attributes.getHostName().codePoints().anyMatch(Character::isISOControl)) {
      return "host_name has control characters";
    }
    int pullMillis = attributes.getPullIntervalMs();
    if (pullMillis != 0 && (pullMillis < MIN_PULL_MILLIS || pullMillis > MAX_PULL_MILLIS)) {
      return "pull_interval_ms is neither 0 nor in %d..%d"
          .formatted(MIN_PULL_MILLIS, MAX_PULL_MILLIS);
    }
    return null;
  }

  private static boolean isPort(int port) {
    return port >= 1 && port <= MAX_PORT;
  }
}
