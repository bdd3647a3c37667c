package io.culvert.agent.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message from the kernel; the layout is {@link NetlinkMessage}'s. Immutable in effect. */
public final class NetlinkReply {
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;

  private static final int TYPE = 4;
  private static final int NLA_TYPE_MASK = 0x3FFF;

  private final ByteBuffer bytes;

  private NetlinkReply(ByteBuffer bytes) {
    this.bytes = bytes.order(ByteOrder.nativeOrder());
  }

  /** The messages of one datagram. What is cut off at its end is left out. */
  static List<NetlinkReply> parse(byte[] datagram) {
    ByteBuffer all = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    List<NetlinkReply> replies = new ArrayList<>();
    int at = 0;
    while (at + NetlinkMessage.HEADER_BYTES <= datagram.length) {
      int length = all.getInt(at);
      if (length < NetlinkMessage.HEADER_BYTES || length > datagram.length - at) {
        break;
      }
      replies.add(new NetlinkReply(all.slice(at, length)));
      at += align(length);
    }
    return replies;
  }

  int type() {
    return Short.toUnsignedInt(bytes.getShort(TYPE));
  }

  int flags() {
    return Short.toUnsignedInt(bytes.getShort(NetlinkMessage.FLAGS));
  }

  int sequence() {
    return bytes.getInt(NetlinkMessage.SEQUENCE);
  }

  /** Of the fixed part: an unsigned byte at an offset behind the header. */
  int octet(int offset) {
    return Byte.toUnsignedInt(bytes.get(NetlinkMessage.HEADER_BYTES + offset));
  }

  /** Of the fixed part: an int at an offset behind the header. */
  int doubleWord(int offset) {
    return bytes.getInt(NetlinkMessage.HEADER_BYTES + offset);
  }

  /** The value of an attribute behind a fixed part of the given length; null if it has none. */
  byte @Nullable [] attribute(int fixedBytes, int type) {
    int at = NetlinkMessage.HEADER_BYTES + align(fixedBytes);
    while (at + 4 <= bytes.limit()) {
      int length = Short.toUnsignedInt(bytes.getShort(at));
      if (length < 4 || length > bytes.limit() - at) {
        return null;
      }
      if ((bytes.getShort(at + 2) & NLA_TYPE_MASK) == type) {
        byte[] value = new byte[length - 4];
        bytes.get(at + 4, value);
        return value;
      }
      at += align(length);
    }
    return null;
  }

  /** As {@link #attribute}, a text with its closing zero; null if it has none. */
  @Nullable String text(int fixedBytes, int type) {
    byte[] value = attribute(fixedBytes, type);
    return value == null || value.length == 0
        ? null
        : new String(value, 0, value.length - 1, StandardCharsets.UTF_8);
  }

  static int align(int length) {
    return (length + 3) & ~3;
  }
}
