package io.culvert.agent.keys;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The unambiguous encoding of what goes into a hash: every field is preceded by its length (32
 * bits, big-endian); numbers are 64 bits, big-endian.
 */
final class FieldEncoder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

  FieldEncoder text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  FieldEncoder number(long number) {
    return bytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  FieldEncoder bytes(byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    out.writeBytes(bytes);
    return this;
  }

  byte[] encoded() {
    return out.toByteArray();
  }
}
