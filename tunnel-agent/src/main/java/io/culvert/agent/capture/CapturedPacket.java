package io.culvert.agent.capture;

import org.jspecify.annotations.Nullable;

/** One place of a {@link CaptureRing}. Whose it is, the ring says. */
final class CapturedPacket {
  final byte[] data;
  final int offset;

  boolean outer;
  long nanos;
  int capturedBytes;
  int originalBytes;
  @Nullable String vpnId;
  @Nullable String nodeId;
  @Nullable String remark;

  /** Of a datagram: the other side, as in {@link io.culvert.agent.transport.Endpoint}. */
  long high;

  long low;
  int port;

  CapturedPacket(byte[] data, int offset) {
    this.data = data;
    this.offset = offset;
  }

  /** {@code acme/p1 in acme/office}; what is known of it. */
  String comment() {
    String peer = nodeId == null ? "no known peer" : "%s in %s".formatted(nodeId, vpnId);
    return remark == null ? peer : peer + ": " + remark;
  }
}
