package io.culvert.agent.esp;

/**
 * AES-GCM of one provider, which has nothing else, and all other transforms of the JDK.
 *
 * @param gcm tested by {@link AeadSelfTest}
 * @param others every transform
 */
record AcceleratedAead(AeadProvider gcm, AeadProvider others) implements AeadProvider {
  @Override
  public String description() {
    return gcm.description();
  }

  @Override
  public AeadTransform create(EspTransform transform, KeyMaterial keyMaterial) {
    return (transform.isAesGcm() ? gcm : others).create(transform, keyMaterial);
  }
}
