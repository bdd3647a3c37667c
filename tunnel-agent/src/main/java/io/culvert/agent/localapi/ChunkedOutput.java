package io.culvert.agent.localapi;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Puts chunks around bytes, so that something can follow them: each chunk is its length, 32 bits in
 * network order, and as many bytes; length 0 ends. Owned by the connection's thread.
 */
final class ChunkedOutput extends OutputStream {
  /** The most bytes of a chunk. */
  static final int MAX_BYTES = 64 * 1024;

  private final DataOutputStream out;
  private final byte[] chunk = new byte[MAX_BYTES];
  private int lengthBytes;

  ChunkedOutput(OutputStream out) {
    this.out = new DataOutputStream(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int fits = Math.min(left, MAX_BYTES - lengthBytes);
      System.arraycopy(bytes, from, chunk, lengthBytes, fits);
      lengthBytes += fits;
      from += fits;
      left -= fits;
      if (lengthBytes == MAX_BYTES) {
        writeChunk();
      }
    }
  }

  private void writeChunk() throws IOException {
    out.writeInt(lengthBytes);
    out.write(chunk, 0, lengthBytes);
    lengthBytes = 0;
  }

  @Override
  public void flush() throws IOException {
    if (lengthBytes > 0) {
      writeChunk();
    }
    out.flush();
  }

  /** Writes the end; the stream below stays open. */
  void end() throws IOException {
    flush();
    out.writeInt(0);
    out.flush();
  }
}
