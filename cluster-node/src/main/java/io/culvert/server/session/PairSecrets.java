package io.culvert.server.session;

import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import io.culvert.server.pki.MasterKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The server's share of the keys of a pair of nodes in a VPN:
 *
 * <pre>
 *   HKDF-SHA256(master key, salt = "culvert pair v1",
 *     info = vpn id | epoch | lower node id | its admitted revision | greater node id | its admitted revision)
 * </pre>
 *
 * Every field of {@code info} is preceded by its length (32 bits, big-endian); numbers are 64 bits,
 * big-endian. Thread-safe.
 */
public final class PairSecrets {
  /** Length of a secret in bytes. */
  public static final int SECRET_BYTES = 32;

  private static final byte[] SALT = "culvert pair v1".getBytes(StandardCharsets.US_ASCII);

  private final MasterKey masterKey;

  /** Derives from this key. */
  public PairSecrets(MasterKey masterKey) {
    this.masterKey = masterKey;
  }

  /** The secret of a pair: the same whichever is named first. The caller zeroes it after use. */
  public byte[] secret(VpnId vpn, int epoch, Membership a, Membership b) {
    boolean inOrder = a.node().compareTo(b.node()) < 0;
    Membership lower = inOrder ? a : b;
    Membership greater = inOrder ? b : a;
    ByteArrayOutputStream info = new ByteArrayOutputStream(256);
    text(info, vpn.toString());
    number(info, epoch);
    text(info, lower.node().toString());
    number(info, lower.admittedRevision());
    text(info, greater.node().toString());
    number(info, greater.admittedRevision());
    return masterKey.derive(SALT, info.toByteArray(), SECRET_BYTES);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    field(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void number(ByteArrayOutputStream out, long number) {
    field(out, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static void field(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }
}
