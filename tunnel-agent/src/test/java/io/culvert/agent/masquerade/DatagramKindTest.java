package io.culvert.agent.masquerade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatagramKindTest {
  @ParameterizedTest
  @CsvSource({
    "ff, KEEPALIVE",
    "fe, TRUNCATED",
    "ffff, TRUNCATED",
    "ffffff, TRUNCATED",
    "00000000, IKE",
    "0000000011, IKE",
    "00000001, MASQUERADED",
    "00000080, MASQUERADED",
    "000000ff, MASQUERADED",
    "00000100, PLAIN_ESP",
    "80000000, PLAIN_ESP",
    "ffffffff, PLAIN_ESP"
  })
  void tellsByTheFirstBytes(String hex, DatagramKind kind) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(DatagramKind.of(bytes, 0, bytes.length)).isEqualTo(kind);
  }

  @Test
  void anEmptyDatagramIsTruncated() {
    assertThat(DatagramKind.of(new byte[0], 0, 0)).isEqualTo(DatagramKind.TRUNCATED);
  }

  @Test
  void onlyFourHeadersAreEspOfAPeer() {
    int accepted = 0;
    for (int word = 0; word < 256; word++) {
      accepted += MasqueradeHeader.isEsp(word) ? 1 : 0;
    }
    assertThat(accepted).isEqualTo(4);
    assertThat(MasqueradeHeader.isEsp(0x80)).isTrue();
    assertThat(MasqueradeHeader.isEsp(0xE0)).isTrue();
  }
}
