package io.culvert.agent.esp;

/** The JDK's AES-GCM, on heap arrays, where it is as fast as OpenSSL. */
public final class JdkAead implements AeadProvider {
  @Override
  public String description() {
    return "JDK " + Runtime.version().feature();
  }

  @Override
  public AeadTransform create(EspTransform transform, KeyMaterial keyMaterial) {
    return new JdkAeadTransform(AeadProvider.checkedCopy(transform, keyMaterial));
  }
}
