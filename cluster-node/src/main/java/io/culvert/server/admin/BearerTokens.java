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
import org.jspecify.annotations.Nullable;

/**
 * Administrators' bearer tokens: signed (HS256, RFC 7519) with a key of the cluster, so that every
 * server accepts them. Thread-safe.
 */
final class BearerTokens {
  private static final String ISSUER = "culvert";
  private static final String ORGANIZATION = "org";
  private static final int KEY_BYTES = 32;

  private final byte[] key;
  private final Duration lifetime;
  private final InstantSource clock;

  BearerTokens(MasterKey masterKey, Duration lifetime, InstantSource clock) {
    this.key =
        masterKey.derive(
            "culvert admin v1".getBytes(StandardCharsets.US_ASCII), new byte[0], KEY_BYTES);
    this.lifetime = lifetime;
    this.clock = clock;
  }

  /** A token and when it ends. */
  record Issued(String token, Instant expiresAt) {}

  Issued issue(Principal principal) {
    Instant expiresAt = clock.instant().plus(lifetime);
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject(principal.userName())
                .claim(ORGANIZATION, principal.organization())
                .expirationTime(Date.from(expiresAt))
                .build());
    try {
      jwt.sign(new MACSigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot sign", e);
    }
    return new Issued(jwt.serialize(), expiresAt);
  }

  /** Whose token this is; null if it is none of ours, or has expired. */
  @Nullable Principal verify(String token) {
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
      return valid ? new Principal(claims.getSubject(), claims.getStringClaim(ORGANIZATION)) : null;
    } catch (ParseException | JOSEException e) {
      return null;
    }
  }
}
