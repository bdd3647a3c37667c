package io.culvert.agent.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** ESP said once more, by the letter of the RFCs: slow, and with nothing reused. */
final class NaiveEsp {
  private NaiveEsp() {}

  /** An ESP packet with this IV. */
  static byte[] seal(
      EspTransform transform,
      byte[] keys,
      byte[] masquerade,
      int spiInt,
      long sequence,
      byte[] iv,
      int nextHeader,
      byte[] payload) {
    int block =
        switch (transform) {
          case AES_128_GCM_16, AES_256_GCM_16, CHACHA20_POLY1305 -> 4;
          case AES_256_CBC_HMAC_SHA2_256_128, AES_256_CBC_HMAC_SHA2_512_256 -> 16;
          case TRIPLE_DES_CBC_HMAC_SHA2_256_128 -> 8;
        };
    int padding = 0;
    while ((payload.length + padding + 2) % block != 0) {
      padding++;
    }
    byte[] trailer = new byte[padding + 2];
    for (int i = 0; i < padding; i++) {
      trailer[i] = (byte) (i + 1);
    }
    trailer[padding] = (byte) padding;
    trailer[padding + 1] = (byte) nextHeader;
    byte[] spi = ByteBuffer.allocate(4).putInt(spiInt).array();
    byte[] upper = ByteBuffer.allocate(4).putInt((int) (sequence >>> 32)).array();
    byte[] lower = ByteBuffer.allocate(4).putInt((int) sequence).array();
    byte[] plain = concat(payload, trailer);
    if (block == 4) {
      byte[] aad = concat(masquerade, spi, upper, lower);
      byte[] sealed = combined(Cipher.ENCRYPT_MODE, transform, keys, iv, aad, plain);
      return concat(spi, lower, iv, sealed);
    }
    byte[] ciphertext = cbc(Cipher.ENCRYPT_MODE, transform, keys, iv, plain);
    byte[] icv = icv(transform, keys, masquerade, spi, lower, iv, ciphertext, upper);
    return concat(spi, lower, iv, ciphertext, icv);
  }

  /** Payload and trailer of an ESP packet; fails the test if it is not authentic. */
  static byte[] open(
      EspTransform transform, byte[] keys, byte[] masquerade, long sequence, byte[] packet) {
    int ivBytes =
        transform == EspTransform.AES_256_CBC_HMAC_SHA2_256_128
                || transform == EspTransform.AES_256_CBC_HMAC_SHA2_512_256
            ? 16
            : 8;
    byte[] spi = Arrays.copyOf(packet, 4);
    byte[] lower = Arrays.copyOfRange(packet, 4, 8);
    byte[] upper = ByteBuffer.allocate(4).putInt((int) (sequence >>> 32)).array();
    byte[] iv = Arrays.copyOfRange(packet, 8, 8 + ivBytes);
    byte[] rest = Arrays.copyOfRange(packet, 8 + ivBytes, packet.length);
    if (transform.isCombinedMode()) {
      byte[] aad = concat(masquerade, spi, upper, lower);
      return combined(Cipher.DECRYPT_MODE, transform, keys, iv, aad, rest);
    }
    int icvBytes = transform == EspTransform.AES_256_CBC_HMAC_SHA2_512_256 ? 32 : 16;
    byte[] ciphertext = Arrays.copyOf(rest, rest.length - icvBytes);
    byte[] icv = icv(transform, keys, masquerade, spi, lower, iv, ciphertext, upper);
    if (!Arrays.equals(icv, Arrays.copyOfRange(rest, rest.length - icvBytes, rest.length))) {
      throw new AssertionError("the ICV is wrong");
    }
    return cbc(Cipher.DECRYPT_MODE, transform, keys, iv, ciphertext);
  }

  private static byte[] combined(
      int mode, EspTransform transform, byte[] keys, byte[] iv, byte[] aad, byte[] data) {
    byte[] key = Arrays.copyOf(keys, keys.length - 4);
    byte[] nonce = concat(Arrays.copyOfRange(keys, key.length, keys.length), iv);
    boolean gcm = transform != EspTransform.CHACHA20_POLY1305;
    try {
      Cipher cipher = Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
      cipher.init(
          mode,
          new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"),
          gcm ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce));
      cipher.updateAAD(aad);
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] cbc(int mode, EspTransform transform, byte[] keys, byte[] iv, byte[] data) {
    boolean aes = transform != EspTransform.TRIPLE_DES_CBC_HMAC_SHA2_256_128;
    String algorithm = aes ? "AES" : "DESede";
    try {
      Cipher cipher = Cipher.getInstance(algorithm + "/CBC/NoPadding");
      cipher.init(
          mode, new SecretKeySpec(keys, 0, aes ? 32 : 24, algorithm), new IvParameterSpec(iv));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] icv(EspTransform transform, byte[] keys, byte[]... covered) {
    boolean sha512 = transform == EspTransform.AES_256_CBC_HMAC_SHA2_512_256;
    int integrityKeyBytes = sha512 ? 64 : 32;
    byte[] key = Arrays.copyOfRange(keys, keys.length - integrityKeyBytes, keys.length);
    byte[] whole = hmac(sha512 ? "HmacSHA512" : "HmacSHA256", key, covered);
    return Arrays.copyOf(whole, sha512 ? 32 : 16);
  }

  static byte[] hmac(String algorithm, byte[] key, byte[]... covered) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(concat(covered));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] concat(byte[]... parts) {
    ByteBuffer whole = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      whole.put(part);
    }
    return whole.array();
  }
}
