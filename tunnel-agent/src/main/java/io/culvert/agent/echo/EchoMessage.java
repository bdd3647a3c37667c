package io.culvert.agent.echo;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * An echo request or reply (RFC 792; RFC 4443, section 4).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      |   code (0)    |           checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |          identifier           |        sequence number        |
 *   +-------------------------------+-------------------------------+
 *   |          data: a number that says which request it is         |
 *   +---------------------------------------------------------------+
 * </pre>
 */
final class EchoMessage {
  /** As ping(8) sends it: 8 bytes of header and 56 of data. */
  static final int BYTES = 64;

  private static final int CHECKSUM = 2;
  private static final int IDENTIFIER = 4;
  private static final int SEQUENCE = 6;
  private static final int NONCE = 8;
  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private EchoMessage() {}

  /** Writes a request with its checksum, which ICMPv6 sockets replace by their own. */
  static void writeRequest(
      MemorySegment message, boolean ipv6, int identifier, int sequence, long nonce) {
    message.fill((byte) 0);
    message.set(JAVA_BYTE, 0, (byte) (ipv6 ? 128 : 8));
    message.set(SHORT, IDENTIFIER, (short) identifier);
    message.set(SHORT, SEQUENCE, (short) sequence);
    message.set(LONG, NONCE, nonce);
    message.set(SHORT, CHECKSUM, (short) checksum(message));
  }

  /** Whether the message is the reply to the request with this sequence number and nonce. */
  static boolean isReply(MemorySegment message, boolean ipv6, int sequence, long nonce) {
    return message.byteSize() >= NONCE + Long.BYTES
        && Byte.toUnsignedInt(message.get(JAVA_BYTE, 0)) == (ipv6 ? 129 : 0)
        && Short.toUnsignedInt(message.get(SHORT, SEQUENCE)) == sequence
        && message.get(LONG, NONCE) == nonce;
  }

  /** The Internet checksum (RFC 1071). */
  private static int checksum(MemorySegment message) {
    int sum = 0;
    for (long at = 0; at < message.byteSize(); at += 2) {
      sum += Short.toUnsignedInt(message.get(SHORT, at));
    }
    sum = (sum & 0xFFFF) + (sum >>> 16);
    return ~(sum + (sum >>> 16)) & 0xFFFF;
  }
}
