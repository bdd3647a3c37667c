package io.culvert.agent.esp;

import java.util.Arrays;

/**
 * Keying material of one direction of a security association: cipher key, then the 4-byte salt of a
 * combined mode (RFC 4106, section 8.1) or the integrity key (RFC 7296, section 2.17). Zeroed on
 * close, never shown.
 *
 * <p>Made by the control thread; whoever closes it says so to nobody else: the engine takes
 * ownership of what a configuration brings.
 */
public final class KeyMaterial implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private KeyMaterial(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes over {@code bytes}: the caller must not use the array any more. */
  public static KeyMaterial adopt(byte[] bytes) {
    return new KeyMaterial(bytes);
  }

  /** Length in bytes. */
  public int lengthBytes() {
    return bytes.length;
  }

  /**
   * A copy of the bytes, which the caller zeroes after use.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public byte[] copy() {
    if (closed) {
      throw new IllegalStateException("key material was destroyed");
    }
    return bytes.clone();
  }

  /** Zeroes the bytes. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "KeyMaterial[" + bytes.length + " bytes]";
  }
}
