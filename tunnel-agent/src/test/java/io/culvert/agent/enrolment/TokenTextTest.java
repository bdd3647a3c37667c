package io.culvert.agent.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.EnrolmentToken;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTextTest {
  private static final EnrolmentToken TOKEN =
      EnrolmentToken.newBuilder()
          .addServers("vpn.example.com:443")
          .setNodeId("acme/laptop")
          .setSecret(ByteString.copyFrom(new byte[32]))
          .setCaFingerprint(ByteString.copyFrom(new byte[32]))
          .build();

  private static String text(EnrolmentToken token) {
    return "culvert1."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray());
  }

  private static void assertRefused(String text) {
    assertThatExceptionOfType(EnrolmentException.class).isThrownBy(() -> TokenText.parse(text));
  }

  @Test
  void readsAToken() {
    assertThat(TokenText.parse(text(TOKEN))).isEqualTo(TOKEN);
  }

  @Test
  void forgivesTheWhitespaceOfACopy() {
    assertThat(TokenText.parse("  " + text(TOKEN) + "\n")).isEqualTo(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "culvert1.", "culvert2.AAAA", "culvert1.!!!", "culvert1.AAAA", "x"})
  void refusesGarbage(String text) {
    assertRefused(text);
  }

  @Test
  void refusesATokenThatLacksAPart() {
    assertRefused(text(TOKEN.toBuilder().clearServers().build()));
    assertRefused(text(TOKEN.toBuilder().setNodeId("laptop").build()));
    assertRefused(text(TOKEN.toBuilder().clearSecret().build()));
    assertRefused(text(TOKEN.toBuilder().clearCaFingerprint().build()));
    assertRefused(text(TOKEN.toBuilder().addServers("nonsense").build()));
  }

  @Test
  void neverRepeatsTheToken() {
    String cut = text(TOKEN).substring(0, 60);
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> TokenText.parse(cut))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(cut.substring(9)));
  }

  @Property(tries = 500)
  void refusesOrReadsWhateverComesAndNothingElse(@ForAll byte[] bytes) {
    String text = "culvert1." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    try {
      assertThat(TokenText.parse(text).getServersCount()).isPositive();
    } catch (EnrolmentException expected) {
      assertThat(expected).hasMessageContaining("damaged");
    }
  }
}
