package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What an implementation of AES-GCM must show before it is used: published answers, and agreement
 * with the JDK at every length where its code takes another way.
 */
final class AeadSelfTest {
  private static final int[] LENGTHS = {
    4, 12, 16, 20, 32, 60, 64, 68, 124, 128, 132, 252, 256, 260, 512, 1024, 1404, 4096, 9000
  };
  private static final int[] NONE = {};
  private static final int AAD_BYTES = 16;

  private AeadSelfTest() {}

  static void check(AeadProvider candidate) throws AeadUnavailableException {
    for (KnownAnswer answer : KnownAnswer.ALL) {
      if (!answer.isGivenBy(candidate)) {
        throw new AeadUnavailableException("it fails the known-answer test of " + answer.transform);
      }
    }
    AeadProvider reference = new JdkAead();
    for (EspTransform transform : EspTransform.values()) {
      for (int length : transform.isAesGcm() ? LENGTHS : NONE) {
        if (!agree(candidate, reference, transform, length)) {
          throw new AeadUnavailableException(
              "it disagrees with the JDK for %s at %d bytes".formatted(transform, length));
        }
      }
    }
  }

  private static boolean agree(
      AeadProvider candidate, AeadProvider reference, EspTransform transform, int length) {
    byte[] key = pattern(transform.keyMaterialBytes(), length);
    byte[] aad = pattern(AAD_BYTES, length + 1);
    byte[] plain = pattern(length, length + 2);
    byte[] mine = new byte[length + AeadTransform.ICV_BYTES];
    byte[] theirs = new byte[mine.length];
    byte[] opened = new byte[length];
    long iv = 0x0102_0304_0506_0708L + length;
    try (KeyMaterial material = KeyMaterial.adopt(key);
        AeadTransform ours = candidate.create(transform, material);
        AeadTransform jdk = reference.create(transform, material)) {
      ours.seal(iv, aad, AAD_BYTES, plain, 0, length, mine, 0);
      jdk.seal(iv, aad, AAD_BYTES, plain, 0, length, theirs, 0);
      boolean same =
          Arrays.equals(mine, theirs)
              && ours.open(iv, aad, AAD_BYTES, theirs, 0, length, opened, 0)
              && Arrays.equals(opened, plain);
      mine[length] ^= 1;
      byte[] forged = new byte[length];
      return same
          && !ours.open(iv, aad, AAD_BYTES, mine, 0, length, forged, 0)
          && Arrays.equals(forged, new byte[length]);
    }
  }

  private static byte[] pattern(int length, int seed) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 167 + seed * 31 + (i >>> 3));
    }
    return bytes;
  }

  /**
   * Test cases 4 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation" (also NIST).
   */
  private record KnownAnswer(EspTransform transform, String key, String sealed) {
    private static final String HALF_KEY = "feffe9928665731c6d6a8f9467308308";
    private static final String NONCE = "cafebabefacedbaddecaf888";
    private static final String AAD = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    private static final String PLAIN =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";

    static final KnownAnswer[] ALL = {
      new KnownAnswer(
          EspTransform.AES_128_GCM_16,
          HALF_KEY,
          "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
              + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
              + "5bc94fbc3221a5db94fae95ae7121a47"),
      new KnownAnswer(
          EspTransform.AES_256_GCM_16,
          HALF_KEY + HALF_KEY,
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
              + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
              + "76fc6ece0f4e1768cddf8853bb2d551b"),
    };

    boolean isGivenBy(AeadProvider provider) {
      HexFormat hex = HexFormat.of();
      byte[] nonce = hex.parseHex(NONCE);
      byte[] aad = hex.parseHex(AAD);
      byte[] plain = hex.parseHex(PLAIN);
      byte[] expected = hex.parseHex(sealed);
      byte[] out = new byte[expected.length];
      String keyMaterial = key + NONCE.substring(0, 2 * EspTransform.SALT_BYTES);
      try (KeyMaterial material = KeyMaterial.adopt(hex.parseHex(keyMaterial));
          AeadTransform aead = provider.create(transform, material)) {
        long iv = NetworkOrder.int64(nonce, EspTransform.SALT_BYTES);
        aead.seal(iv, aad, aad.length, plain, 0, plain.length, out, 0);
      }
      return Arrays.equals(out, expected);
    }
  }
}
