package io.culvert.agent.esp;

/** The JDK's ciphers, on heap arrays, where AES-GCM is as fast as OpenSSL. All transforms. */
public final class JdkAead implements AeadProvider {
  @Override
  public String description() {
    return "JDK " + Runtime.version().feature();
  }

  @Override
  public AeadTransform create(EspTransform transform, KeyMaterial keyMaterial) {
    byte[] keys = AeadProvider.checkedCopy(transform, keyMaterial);
    return switch (transform) {
      case AES_128_GCM_16, AES_256_GCM_16 -> JdkAeadTransform.aesGcm(keys);
      case CHACHA20_POLY1305 -> JdkAeadTransform.chaCha20Poly1305(keys);
      case AES_256_CBC_HMAC_SHA2_256_128 -> cbc("AES", "HmacSHA256", transform, keys);
      case AES_256_CBC_HMAC_SHA2_512_256 -> cbc("AES", "HmacSHA512", transform, keys);
      case TRIPLE_DES_CBC_HMAC_SHA2_256_128 -> cbc("DESede", "HmacSHA256", transform, keys);
    };
  }

  private static AeadTransform cbc(
      String algorithm, String macAlgorithm, EspTransform transform, byte[] keys) {
    return new CbcHmacTransform(
        algorithm, macAlgorithm, transform.keyBytes(), transform.icvBytes(), keys);
  }
}
