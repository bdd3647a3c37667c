package io.culvert.server.authentication;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.MasterKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens {@link ResumptionTicket}s. Every server of the cluster opens what any of them has
 * sealed, and no server remembers one: all that is in a ticket is in its bytes.
 *
 * <pre>
 *   version (1 byte, 1) | hour (8) | nonce (12, random) | AES-256-GCM(content), tag of 16 bytes behind it
 *     hour            hours since 1970 when it was sealed, big-endian
 *     key             HKDF-SHA256(master key, salt = "culvert ticket v1", info = hour)    another one each hour
 *     associated data version | hour
 *     content         node | certificate fingerprint | lineage (each as DataOutput's UTF) | logon at, expires at
 *                     (ms since 1970, 8 bytes each) | number of VPNs (2) | VPNs (UTF)
 * </pre>
 *
 * Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5077#section-4">RFC 5077, section 4</a>, whose
 *     ticket this resembles
 */
public final class ResumptionTickets {
  /** Agents and servers take no longer one. */
  public static final int MAX_BYTES = 8 * 1024;

  /** How far the clocks of two servers may differ. */
  static final Duration MAX_SKEW = Duration.ofMinutes(1);

  private static final byte[] SALT = "culvert ticket v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final int HEADER = 1 + Long.BYTES;
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final int KEY = 32;
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  private final MasterKey masterKey;
  private final SecureRandom random;
  private final Duration lifetime;

  /**
   * Of one cluster.
   *
   * @param masterKey the same on all servers
   * @param lifetime for how long a ticket may be used
   */
  public ResumptionTickets(MasterKey masterKey, SecureRandom random, Duration lifetime) {
    this.masterKey = masterKey;
    this.random = random;
    this.lifetime = lifetime;
  }

  /** For how long a ticket may be used. */
  public Duration lifetime() {
    return lifetime;
  }

  /** The fingerprint of a ticket for an agent that shows this certificate. */
  public static String fingerprint(@Nullable X509Certificate certificate) {
    return certificate == null
        ? ""
        : HexFormat.of().formatHex(CertificateAuthority.fingerprint(certificate));
  }

  /**
   * A ticket as bytes; empty if it would be too long, because the node is in so many VPNs.
   *
   * @param now when it is sealed
   */
  public Optional<byte[]> seal(ResumptionTicket ticket, Instant now) {
    byte[] content = content(ticket);
    byte[] header =
        ByteBuffer.allocate(HEADER).put(VERSION).putLong(now.toEpochMilli() / HOUR_MILLIS).array();
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    if (HEADER + NONCE + content.length + TAG > MAX_BYTES) {
      return Optional.empty();
    }
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, header, nonce).doFinal(content);
      return Optional.of(
          ByteBuffer.allocate(HEADER + NONCE + sealed.length)
              .put(header)
              .put(nonce)
              .put(sealed)
              .array());
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * What a ticket says; empty if it is no ticket of this cluster, was altered, is over, or was made
   * for another node or another certificate. Says nothing of which: the tag is compared in constant
   * time, and so are node and certificate.
   *
   * @param claimed who the agent says it is
   * @param certificate what the agent has shown
   */
  public Optional<ResumptionTicket> open(
      byte[] bytes, NodeId claimed, @Nullable X509Certificate certificate, Instant now) {
    return decrypt(bytes, now)
        .filter(ticket -> equal(ticket.node().toString(), claimed.toString()))
        .filter(ticket -> equal(ticket.certificateFingerprint(), fingerprint(certificate)))
        .filter(ticket -> now.isBefore(ticket.expiresAt()))
        .filter(ticket -> !ticket.expiresAt().isAfter(now.plus(lifetime).plus(MAX_SKEW)));
  }

  private Optional<ResumptionTicket> decrypt(byte[] bytes, Instant now) {
    if (bytes.length < HEADER + NONCE + TAG || bytes.length > MAX_BYTES || bytes[0] != VERSION) {
      return Optional.empty();
    }
    long age = now.toEpochMilli() / HOUR_MILLIS - ByteBuffer.wrap(bytes).getLong(1);
    long oldest = 1 + lifetime.plus(MAX_SKEW).toHours();
    if (age < -1 || age > oldest) {
      return Optional.empty();
    }
    try {
      byte[] content =
          cipher(
                  Cipher.DECRYPT_MODE,
                  Arrays.copyOf(bytes, HEADER),
                  Arrays.copyOfRange(bytes, HEADER, HEADER + NONCE))
              .doFinal(bytes, HEADER + NONCE, bytes.length - HEADER - NONCE);
      return Optional.of(read(content));
    } catch (AEADBadTagException altered) {
      return Optional.empty();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private Cipher cipher(int mode, byte[] header, byte[] nonce) throws GeneralSecurityException {
    byte[] key = masterKey.derive(SALT, Arrays.copyOfRange(header, 1, HEADER), KEY);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG * Byte.SIZE, nonce));
      cipher.updateAAD(header);
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] content(ResumptionTicket ticket) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(ticket.node().toString());
      out.writeUTF(ticket.certificateFingerprint());
      out.writeUTF(ticket.lineage());
      out.writeLong(ticket.logonAt().toEpochMilli());
      out.writeLong(ticket.expiresAt().toEpochMilli());
      out.writeShort(ticket.memberships().size());
      for (VpnId vpn : ticket.memberships()) {
        out.writeUTF(vpn.toString());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** The bytes are a server's own: they were authenticated. */
  private static ResumptionTicket read(byte[] content) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      NodeId node = NodeId.parse(in.readUTF());
      String fingerprint = in.readUTF();
      String lineage = in.readUTF();
      Instant logonAt = Instant.ofEpochMilli(in.readLong());
      Instant expiresAt = Instant.ofEpochMilli(in.readLong());
      Set<VpnId> memberships = new HashSet<>();
      for (int left = in.readUnsignedShort(); left > 0; left--) {
        memberships.add(VpnId.parse(in.readUTF()));
      }
      return new ResumptionTicket(node, fingerprint, lineage, logonAt, memberships, expiresAt);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static boolean equal(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
