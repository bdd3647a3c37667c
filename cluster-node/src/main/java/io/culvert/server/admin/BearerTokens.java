package io.culvert.server.admin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.culvert.server.pki.MasterKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Administrators' bearer tokens: signed (HS256, RFC 7519) with a key of the cluster, so that every
 * server accepts them. Thread-safe.
 */
final class BearerTokens {
  private static final String ISSUER = "culvert";
  private static final String ORGANIZATION = "org";
  private static final String MARK = "mark";
  private static final int KEY_BYTES = 32;
  private static final int MARK_BYTES = 12;

  private final MasterKey masterKey;

  private final byte[] key;
  private final Duration lifetime;
  private final InstantSource clock;

  BearerTokens(MasterKey masterKey, Duration lifetime, InstantSource clock) {
    this.masterKey = masterKey;
    this.key =
        masterKey.derive(
            "culvert admin v1".getBytes(StandardCharsets.US_ASCII), new byte[0], KEY_BYTES);
    this.lifetime = lifetime;
    this.clock = clock;
  }

  /**
   * Ties a token to the password that it was given for: with another password, or without the
   * account, the token is void.
   */
  private String mark(String verifier) {
    return HexFormat.of()
        .formatHex(
            masterKey.derive(
                "culvert admin mark v1".getBytes(StandardCharsets.US_ASCII),
                verifier.getBytes(StandardCharsets.UTF_8),
                MARK_BYTES));
  }

  /** A token and when it ends. */
  record Issued(String token, Instant expiresAt) {}

  /**
   * A token for someone whose password was verified.
   *
   * @param verifier of the account
   */
  Issued issue(Principal principal, String verifier) {
    Instant expiresAt = clock.instant().plus(lifetime);
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject(principal.userName())
                .claim(ORGANIZATION, principal.organization())
                .claim(MARK, mark(verifier))
                .expirationTime(Date.from(expiresAt))
                .build());
    try {
      jwt.sign(new MACSigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot sign", e);
    }
    return new Issued(jwt.serialize(), expiresAt);
  }

  /** What a token of ours says. */
  record Claims(Principal principal, String mark) {}

  /** Whether the account still has the password for which the token was given. */
  boolean fits(Claims claims, String verifier) {
    return claims.mark().equals(mark(verifier));
  }

  /** What the token says; null if it is none of ours, or has expired. */
  @Nullable Claims verify(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      if (!jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256)
          || !jwt.verify(new MACVerifier(key))) {
        return null;
      }
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      boolean valid =
          ISSUER.equals(claims.getIssuer())
              && claims.getExpirationTime() != null
              && clock.instant().isBefore(claims.getExpirationTime().toInstant());
      String mark = claims.getStringClaim(MARK);
      return valid && mark != null
          ? new Claims(
              new Principal(claims.getSubject(), claims.getStringClaim(ORGANIZATION)), mark)
          : null;
    } catch (ParseException | JOSEException e) {
      return null;
    }
  }
}
