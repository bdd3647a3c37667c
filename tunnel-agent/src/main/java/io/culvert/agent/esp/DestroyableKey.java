package io.culvert.agent.esp;

import java.util.Arrays;
import javax.crypto.SecretKey;

/** A key for the JDK that can be destroyed, which {@code SecretKeySpec} cannot. */
final class DestroyableKey implements SecretKey {
  private static final long serialVersionUID = 1L;
  private final String algorithm;
  private final byte[] bytes;
  private boolean destroyed;

  /** Takes over {@code bytes}. */
  DestroyableKey(String algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    if (destroyed) {
      throw new IllegalStateException("key was destroyed");
    }
    return bytes.clone();
  }

  @Override
  public void destroy() {
    destroyed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }
}
