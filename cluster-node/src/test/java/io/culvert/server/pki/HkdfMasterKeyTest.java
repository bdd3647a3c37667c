package io.culvert.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HkdfMasterKeyTest {
  private static final byte[] KEY =
      HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

  /** RFC 5869, section 2, by hand: T(1) = HMAC(HMAC(salt, key), info | 0x01). */
  @Test
  void isExtractThenExpand() throws Exception {
    byte[] salt = ascii("culvert pair v1");
    byte[] info = ascii("acme/office");
    byte[] pseudorandomKey = hmac(salt, KEY);
    byte[] block = hmac(pseudorandomKey, concat(info, new byte[] {1}));

    assertThat(new HkdfMasterKey(KEY).derive(salt, info, 32)).isEqualTo(block);
  }

  @Test
  void separatesSaltsAndInfos() {
    HkdfMasterKey key = new HkdfMasterKey(KEY);

    assertThat(key.derive(ascii("a"), ascii("b"), 32))
        .isEqualTo(key.derive(ascii("a"), ascii("b"), 32))
        .isNotEqualTo(key.derive(ascii("b"), ascii("a"), 32))
        .isNotEqualTo(key.derive(ascii("a"), ascii("c"), 32));
  }

  @Test
  void knowsManySaltsWhetherItKeepsWhatFollowsFromThemOrNot() throws Exception {
    HkdfMasterKey key = new HkdfMasterKey(KEY);
    byte[] info = ascii("info");
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 40; i++) {
        byte[] salt = ascii("salt " + i);
        byte[] block = hmac(hmac(salt, KEY), concat(info, new byte[] {1}));

        assertThat(key.derive(salt, info, 32)).isEqualTo(block);
        salt[0] ^= 1; // The caller's own.
      }
    }
  }

  @Test
  void copiesTheKeyAndNeverShowsIt() {
    byte[] mine = KEY.clone();
    HkdfMasterKey key = new HkdfMasterKey(mine);
    byte[] before = key.derive(ascii("a"), ascii("b"), 16);
    java.util.Arrays.fill(mine, (byte) 0);

    assertThat(key.derive(ascii("a"), ascii("b"), 16)).isEqualTo(before);
    assertThat(key).hasToString("HkdfMasterKey");
  }

  @Test
  void refusesAnotherLength() {
    assertThatThrownBy(() -> new HkdfMasterKey(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] all = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
