package io.culvert.agent.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A request being written: header, fixed part of its type, attributes.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                    length, with this header                   |
 *   +-------------------------------+-------------------------------+
 *   |             type              |             flags             |
 *   +-------------------------------+-------------------------------+
 *   |                        sequence number                        |
 *   +---------------------------------------------------------------+
 *   |                      port (0: the kernel)                     |
 *   +---------------------------------------------------------------+
 *   |                fixed part (ifinfomsg, rtmsg...)               |
 *   +-------------------------------+-------------------------------+
 *   | attribute: length, with these |  type (0x8000: nested ones)   |
 *   +-------------------------------+-------------------------------+
 *   |                 value, padded to 4 bytes                      |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * One thread.
 */
public final class NetlinkMessage {
  static final int HEADER_BYTES = 16;
  static final int FLAGS = 6;
  static final int SEQUENCE = 8;
  static final short NLM_F_REQUEST = 1;
  static final short NLM_F_ACK = 4;
  static final short NLM_F_DUMP = 0x300;

  private static final int NLA_F_NESTED = 0x8000;
  private static final int ATTRIBUTE_HEADER_BYTES = 4;
  private static final int MAX_BYTES = 1024;

  private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES).order(ByteOrder.nativeOrder());

  NetlinkMessage(int type, int flags) {
    bytes.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
  }

  NetlinkMessage octet(int value) {
    bytes.put((byte) value);
    return this;
  }

  NetlinkMessage word(int value) {
    bytes.putShort((short) value);
    return this;
  }

  NetlinkMessage doubleWord(int value) {
    bytes.putInt(value);
    return this;
  }

  NetlinkMessage attribute(int type, byte[] value) {
    word(ATTRIBUTE_HEADER_BYTES + value.length).word(type);
    bytes.put(value);
    return pad();
  }

  NetlinkMessage attribute(int type, int value) {
    return word(ATTRIBUTE_HEADER_BYTES + Integer.BYTES).word(type).doubleWord(value);
  }

  NetlinkMessage attribute(int type, String value) {
    return attribute(type, (value + '\0').getBytes(StandardCharsets.US_ASCII));
  }

  /** Begins an attribute that holds attributes; {@link #end} takes what this returns. */
  int begin(int type) {
    int at = bytes.position();
    word(0).word(type | NLA_F_NESTED);
    return at;
  }

  NetlinkMessage end(int begun) {
    bytes.putShort(begun, (short) (bytes.position() - begun));
    return this;
  }

  private NetlinkMessage pad() {
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
    return this;
  }

  /** The finished message with a sequence number and further flags. */
  byte[] encode(int sequence, int furtherFlags) {
    byte[] encoded = new byte[bytes.position()];
    bytes.get(0, encoded);
    ByteBuffer header = ByteBuffer.wrap(encoded).order(ByteOrder.nativeOrder());
    header.putInt(0, encoded.length);
    header.putShort(FLAGS, (short) (header.getShort(FLAGS) | furtherFlags));
    header.putInt(SEQUENCE, sequence);
    return encoded;
  }
}
