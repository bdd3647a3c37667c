package io.culvert.agent.esp;

/**
 * An implementation of transforms. All transforms of one provider are used by one thread: each
 * worker has a provider of its own.
 */
public interface AeadProvider {
  /** Its name for people, with version and instruction set where there is one. */
  String description();

  /**
   * A transform with this key; the caller keeps the key material.
   *
   * @throws IllegalArgumentException if the key material has the wrong length
   */
  AeadTransform create(EspTransform transform, KeyMaterial keyMaterial);

  /** Copies the keying material after checking its length. */
  static byte[] checkedCopy(EspTransform transform, KeyMaterial keyMaterial) {
    if (keyMaterial.lengthBytes() != transform.keyMaterialBytes()) {
      throw new IllegalArgumentException(
          "%s needs %d bytes of keying material, not %d"
              .formatted(transform, transform.keyMaterialBytes(), keyMaterial.lengthBytes()));
    }
    return keyMaterial.copy();
  }
}
