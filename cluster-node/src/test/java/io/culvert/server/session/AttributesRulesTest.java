package io.culvert.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Endpoint;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributesRulesTest {
  @Test
  void acceptsWhatAnAgentSends() {
    assertThat(violation(attributes -> attributes)).isNull();
  }

  /** They go to the other servers in one message, whose size is bounded. */
  @Test
  void refusesAttributesThatAreTooLargeInAWayThatNoOtherRuleSees() {
    assertThat(violation(attributes -> attributes.putSpiTags("a".repeat(40_000), 1)))
        .contains("more than 32768");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void refusesKeysOfAnotherLength(int length) {
    assertThat(
            violation(
                attributes -> attributes.setX25519PublicKey(ByteString.copyFrom(new byte[length]))))
        .contains("x25519_public_key has %d bytes".formatted(length));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void refusesNumbersThatAreNoPort(int port) {
    assertThat(violation(attributes -> attributes.setUdpPort(port))).contains("udp_port");
    assertThat(violation(attributes -> attributes.addLocalEndpoints(endpoint(4, port))))
        .contains("local endpoint");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 15, 17})
  void refusesBytesThatAreNoAddress(int length) {
    assertThat(violation(attributes -> attributes.addLocalEndpoints(endpoint(length, 4500))))
        .contains("local endpoint");
  }

  @Test
  void boundsListsAndTexts() {
    assertThat(
            violation(
                attributes -> {
                  for (int i = 0; i < 17; i++) {
                    attributes.addLocalEndpoints(endpoint(4, 1 + i));
                  }
                  return attributes;
                }))
        .contains("more than 16");
    assertThat(
            violation(
                attributes -> {
                  for (int i = 0; i < 128; i++) {
                    attributes.putSpiTags("acme/v" + i, 1);
                  }
                  return attributes;
                }))
        .contains("more than 127");
    assertThat(violation(attributes -> attributes.setHostName("a".repeat(256))))
        .contains("longer than 255");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 128})
  void refusesTagsOutsideSevenBits(int tag) {
    assertThat(violation(attributes -> attributes.putSpiTags("acme/office", tag)))
        .contains("spi_tag");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 999, 86_400_001, -1})
  void refusesIntervalsThatAreNone(int millis) {
    assertThat(violation(attributes -> attributes.setPullIntervalMs(millis)))
        .contains("pull_interval_ms");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_000, 86_400_000})
  void takesIntervalsOfASecondToADay(int millis) {
    assertThat(violation(attributes -> attributes.setPullIntervalMs(millis))).isNull();
  }

  @Test
  void refusesControlCharactersThatPeersWouldPrint() {
    assertThat(violation(attributes -> attributes.setHostName("\u001b[2Jhost")))
        .contains("control characters");
  }

  private static @Nullable String violation(UnaryOperator<Attributes.Builder> change) {
    Attributes.Builder attributes =
        Attributes.newBuilder()
            .setX25519PublicKey(ByteString.copyFrom(new byte[32]))
            .setUdpPort(4500)
            .addLocalEndpoints(endpoint(4, 4500))
            .addLocalEndpoints(endpoint(16, 4500))
            .putSpiTags("acme/office", 1)
            .setHostName("alpha");
    return AttributesRules.violation(change.apply(attributes).build());
  }

  private static Endpoint endpoint(int addressBytes, int port) {
    return Endpoint.newBuilder()
        .setAddress(ByteString.copyFrom(new byte[addressBytes]))
        .setPort(port)
        .build();
  }
}
