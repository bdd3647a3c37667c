package io.culvert.agent.dataplane;

import io.culvert.agent.esp.AeadProvider;
import io.culvert.agent.esp.AeadTransform;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;

/** A transform that only copies, to measure everything around it. */
final class CopyingAead implements AeadProvider, AeadTransform {
  @Override
  public String description() {
    return "copy";
  }

  @Override
  public AeadTransform create(EspTransform transform, KeyMaterial keyMaterial) {
    return this;
  }

  @Override
  public void seal(
      long iv,
      byte[] aad,
      int aadBytes,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    System.arraycopy(in, inOffset, out, outOffset, lengthBytes);
  }

  @Override
  public boolean open(
      long iv,
      byte[] aad,
      int aadBytes,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    System.arraycopy(in, inOffset, out, outOffset, lengthBytes);
    return true;
  }

  @Override
  public void close() {}
}
