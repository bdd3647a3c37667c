package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CbcHmacTransformTest {
  private static final byte[] AAD = HexFormat.of().parseHex("80000123" + "0000000000000001");

  /** Out of a counter come IVs that neither repeat nor look like it. */
  @ParameterizedTest
  @EnumSource(names = ".*CBC.*", mode = EnumSource.Mode.MATCH_ANY)
  void noIvRepeatsOrTellsTheNumber(EspTransform transform) {
    AeadTransform aead = create(transform);
    int ivBytes = transform.ivBytes();
    Set<String> ivs = new HashSet<>();
    int changedBits = 0;
    byte[] last = new byte[ivBytes];
    for (int sequence = 1; sequence <= 4096; sequence++) {
      byte[] iv = Arrays.copyOf(seal(transform, aead, sequence), ivBytes);
      ivs.add(HexFormat.of().formatHex(iv));
      for (int i = 0; i < ivBytes; i++) {
        changedBits += Integer.bitCount((iv[i] ^ last[i]) & 0xFF);
      }
      last = iv;
    }
    assertThat(ivs).hasSize(4096);
    double mean = changedBits / 4096.0;
    assertThat(mean).isBetween(ivBytes * 8 * 0.48, ivBytes * 8 * 0.52);
  }

  @Test
  void theIvIsTheNumberEncryptedWithAKeyOfItsOwnAndThenWithThatOfTheData() throws Exception {
    EspTransform transform = EspTransform.AES_256_CBC_HMAC_SHA2_256_128;
    byte[] dataKey = Arrays.copyOf(keys(transform), 32);
    byte[] ivKey =
        KDF.getInstance("HKDF-SHA256")
            .deriveData(
                HKDFParameterSpec.ofExtract()
                    .addIKM(dataKey)
                    .thenExpand("culvert cbc iv v1".getBytes(StandardCharsets.US_ASCII), 32));
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(ivKey, "AES"));
    byte[] once = cipher.doFinal(ByteBuffer.allocate(16).putLong(8, 77).array());
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(dataKey, "AES"));
    byte[] twice = cipher.doFinal(once);

    assertThat(Arrays.copyOf(seal(transform, create(transform), 77), 16)).isEqualTo(twice);
  }

  @ParameterizedTest
  @EnumSource(names = ".*CBC.*", mode = EnumSource.Mode.MATCH_ANY)
  void decryptsNothingThatIsForged(EspTransform transform) {
    AeadTransform aead = create(transform);
    int ivBytes = transform.ivBytes();
    byte[] sealed = seal(transform, aead, 1);
    sealed[sealed.length - 1] ^= 1;
    byte[] out = new byte[64];
    assertThat(aead.open(0, AAD, AAD.length, sealed, ivBytes, 64, out, 0)).isFalse();
    assertThat(out).containsOnly(0);
    sealed[sealed.length - 1] ^= 1;
    assertThat(aead.open(0, AAD, AAD.length, sealed, ivBytes, 64, out, 0)).isTrue();
    assertThat(out).containsOnly(0x55);
  }

  @ParameterizedTest
  @EnumSource
  void refusesToWorkAfterItsKeyWasDestroyed(EspTransform transform) {
    AeadTransform aead = create(transform);
    byte[] sealed = seal(transform, aead, 1);
    aead.close();
    aead.close();
    assertThatThrownBy(() -> seal(transform, aead, 2)).isInstanceOf(IllegalStateException.class);
    int ivBytes = transform.ivBytes();
    assertThatThrownBy(() -> aead.open(1, AAD, AAD.length, sealed, ivBytes, 64, new byte[64], 0))
        .isInstanceOf(IllegalStateException.class);
  }

  /** The result of {@code Mac.doFinal}, and nothing else. */
  @ParameterizedTest
  @EnumSource(names = ".*CBC.*", mode = EnumSource.Mode.MATCH_ANY)
  void allocatesOnlyTheHmac(EspTransform transform) {
    AeadTransform aead = create(transform);
    byte[] in = new byte[1408];
    byte[] packet = new byte[2000];
    byte[] out = new byte[1408];
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int packets = 3000;
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < packets; i++) {
        aead.seal(i + 1, AAD, AAD.length, in, 0, 1408, packet, 16);
        assertTrue(aead.open(0, AAD, AAD.length, packet, 16, 1408, out, 0));
      }
      allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
    }
    int digestBytes = 16 + (transform.icvBytes() == 32 ? 64 : 32);
    assertThat(allocated / (2.0 * packets)).isLessThanOrEqualTo(digestBytes + 1);
  }

  private static void assertTrue(boolean authentic) {
    if (!authentic) {
      throw new AssertionError("not authentic");
    }
  }

  /** IV, 64 bytes of ciphertext, ICV. */
  private static byte[] seal(EspTransform transform, AeadTransform aead, long sequence) {
    byte[] in = new byte[64];
    Arrays.fill(in, (byte) 0x55);
    byte[] out = new byte[transform.ivBytes() + 64 + transform.icvBytes()];
    aead.seal(sequence, AAD, AAD.length, in, 0, 64, out, transform.ivBytes());
    return out;
  }

  private static AeadTransform create(EspTransform transform) {
    return new JdkAead().create(transform, KeyMaterial.adopt(keys(transform)));
  }

  private static byte[] keys(EspTransform transform) {
    byte[] keys = new byte[transform.keyMaterialBytes()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (byte) (i * 7 + 3);
    }
    return keys;
  }
}
