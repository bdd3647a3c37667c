package io.culvert.agent.enrolment;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.agent.discovery.ServerAddresses;
import io.culvert.protocol.v1.EnrolmentToken;
import java.util.Base64;

/** The text form of an enrolment token: {@code culvert1.} and base64url without padding. */
public final class TokenText {
  private static final String PREFIX = "culvert1.";
  private static final int SECRET_BYTES = 32;
  private static final int FINGERPRINT_BYTES = 32;

  private TokenText() {}

  /**
   * Parses a token.
   *
   * @throws EnrolmentException if it is none; the message never repeats it
   */
  public static EnrolmentToken parse(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith(PREFIX)) {
      throw new EnrolmentException(
          "this is not an enrolment token: one begins with '%s'".formatted(PREFIX));
    }
    try {
      EnrolmentToken token =
          EnrolmentToken.parseFrom(
              Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length())));
      if (token.getServersCount() == 0
          || token.getNodeId().indexOf('/') < 0
          || token.getSecret().size() != SECRET_BYTES
          || token.getCaFingerprint().size() != FINGERPRINT_BYTES) {
        throw damaged();
      }
      token.getServersList().forEach(ServerAddresses::parse);
      return token;
    } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  private static EnrolmentException damaged() {
    return new EnrolmentException(
        "the enrolment token is damaged; copy it again, whole, or ask for a new one");
  }
}
