package io.culvert.agent.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes one section of a pcapng file, in big-endian order, with times in nanoseconds.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                          block type                           |
 * |              total length, with both length fields            |
 * |      body: fixed fields, then options, padded to 32 bits      |
 * |                         total length                          |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Owned by the writing thread.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/">pcapng, section 4</a>
 */
final class PcapngWriter {
  private static final int SECTION_HEADER = 0x0A0D0D0A;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int INTERFACE_STATISTICS = 5;
  private static final int ENHANCED_PACKET = 6;
  private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;

  /** Raw IP, version 4 or 6 as its first four bits say. */
  private static final int LINKTYPE_RAW = 101;

  private static final int OPTION_END = 0;
  private static final int OPTION_COMMENT = 1;
  private static final int SECTION_APPLICATION = 4;
  private static final int INTERFACE_NAME = 2;
  private static final int INTERFACE_DESCRIPTION_TEXT = 3;
  private static final int INTERFACE_TIME_RESOLUTION = 9;
  private static final int PACKET_FLAGS = 2;
  private static final int STATISTICS_START_TIME = 2;
  private static final int STATISTICS_END_TIME = 3;
  private static final int STATISTICS_RECEIVED = 4;
  private static final int STATISTICS_DROPPED = 5;

  private static final byte NANOSECONDS = 9;
  private static final int INBOUND = 1;
  private static final int OUTBOUND = 2;
  private static final int MAX_TEXT_BYTES = 1024;
  private static final int MAX_BLOCK_BYTES = 65536 + 4096;

  private final OutputStream out;
  private final ByteBuffer block = ByteBuffer.allocate(MAX_BLOCK_BYTES);

  PcapngWriter(OutputStream out) {
    this.out = out;
  }

  /** The section header block; first of all. */
  void section(String application) throws IOException {
    begin(SECTION_HEADER);
    block.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0);
    block.putLong(-1); // the section's length is not known
    option(SECTION_APPLICATION, application);
    end();
  }

  /** An interface description block; the interfaces are numbered from 0 in their order. */
  void interfaceDescription(String name, String description, int snapBytes) throws IOException {
    begin(INTERFACE_DESCRIPTION);
    block.putShort((short) LINKTYPE_RAW).putShort((short) 0).putInt(snapBytes);
    option(INTERFACE_NAME, name);
    option(INTERFACE_DESCRIPTION_TEXT, description);
    optionHeader(INTERFACE_TIME_RESOLUTION, 1);
    block.put(NANOSECONDS);
    pad();
    end();
  }

  /**
   * An enhanced packet block.
   *
   * @param epochNanos since 1970
   * @param header what goes before {@code data}, of which {@code headerBytes}
   * @param originalBytes length of the packet with the header, before it was cut
   */
  void packet(
      int interfaceId,
      long epochNanos,
      byte[] header,
      int headerBytes,
      byte[] data,
      int offset,
      int lengthBytes,
      int originalBytes,
      boolean inbound,
      String comment)
      throws IOException {
    begin(ENHANCED_PACKET);
    block.putInt(interfaceId).putLong(epochNanos);
    block.putInt(headerBytes + lengthBytes).putInt(originalBytes);
    block.put(header, 0, headerBytes).put(data, offset, lengthBytes);
    pad();
    option(OPTION_COMMENT, comment);
    optionHeader(PACKET_FLAGS, Integer.BYTES);
    block.putInt(inbound ? INBOUND : OUTBOUND);
    end();
  }

  /** An interface statistics block; times in nanoseconds since 1970. */
  void statistics(int interfaceId, long startNanos, long endNanos, long received, long dropped)
      throws IOException {
    begin(INTERFACE_STATISTICS);
    block.putInt(interfaceId).putLong(endNanos);
    numberOption(STATISTICS_START_TIME, startNanos);
    numberOption(STATISTICS_END_TIME, endNanos);
    numberOption(STATISTICS_RECEIVED, received);
    numberOption(STATISTICS_DROPPED, dropped);
    end();
  }

  private void begin(int type) {
    block.clear().putInt(type).putInt(0);
  }

  private void numberOption(int code, long value) {
    optionHeader(code, Long.BYTES);
    block.putLong(value);
  }

  private void option(int code, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int lengthBytes = Math.min(bytes.length, MAX_TEXT_BYTES);
    optionHeader(code, lengthBytes);
    block.put(bytes, 0, lengthBytes);
    pad();
  }

  private void optionHeader(int code, int lengthBytes) {
    block.putShort((short) code).putShort((short) lengthBytes);
  }

  private void pad() {
    while (block.position() % 4 != 0) {
      block.put((byte) 0);
    }
  }

  private void end() throws IOException {
    optionHeader(OPTION_END, 0);
    int total = block.position() + Integer.BYTES;
    block.putInt(total).putInt(Integer.BYTES, total);
    out.write(block.array(), 0, total);
  }
}
