package io.culvert.server.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The keys in a server's data directory.
 *
 * <pre>
 *   keys/ca.pem, ca-key.pem        the cluster's CA             the same on every server: copy these three
 *   keys/master.key                the cluster's master key     to a server that joins, before its first start
 *   keys/server.pem, server-key.pem this server's certificate, made anew when it nears its end or names change
 * </pre>
 *
 * @param authority the cluster's CA
 * @param masterKey the cluster's master key
 * @param identity what this server shows in TLS
 */
public record ClusterKeys(
    CertificateAuthority authority, MasterKey masterKey, ServerIdentity identity) {
  /** Never shows a key. */
  @Override
  public String toString() {
    return "ClusterKeys[" + identity.serverName() + "]";
  }

  /**
   * Reads the keys, and makes those that are missing.
   *
   * @param directory the {@code keys} directory
   * @param names by which agents, administrators and servers reach this one
   * @throws IllegalStateException if a file is damaged, or only a part of the cluster's keys is
   *     there
   */
  public static ClusterKeys open(
      Path directory,
      String serverName,
      List<String> names,
      SecureRandom random,
      InstantSource clock) {
    PrivateFiles.createDirectory(directory);
    CertificateAuthority authority = openAuthority(directory, random, clock);
    MasterKey masterKey = openMasterKey(directory, random);
    ServerIdentity identity = openIdentity(directory, serverName, names, authority, random, clock);
    return new ClusterKeys(authority, masterKey, identity);
  }

  /**
   * The server's identity as its files say now: another one if somebody has put a new certificate
   * of the cluster's CA there, or if it was time to make one. Reads files.
   *
   * @throws IllegalStateException if a file is damaged
   */
  public ServerIdentity renewed(
      Path directory, List<String> names, SecureRandom random, InstantSource clock) {
    return openIdentity(directory, identity.serverName(), names, authority, random, clock);
  }

  private static CertificateAuthority openAuthority(
      Path directory, SecureRandom random, InstantSource clock) {
    Path certificateFile = directory.resolve("ca.pem");
    Path keyFile = directory.resolve("ca-key.pem");
    if (Files.exists(certificateFile) != Files.exists(keyFile)) {
      throw new IllegalStateException(
          "%s holds only one of ca.pem and ca-key.pem; restore the other one from a backup or another server, or delete it if this server has never run"
              .formatted(directory));
    }
    if (Files.exists(certificateFile)) {
      return new CertificateAuthority(
          Pem.readPrivateKey(keyFile), Pem.readCertificate(certificateFile), random, clock);
    }
    CertificateAuthority fresh = CertificateAuthority.create(random, clock);
    PrivateFiles.write(keyFile, Pem.encode(fresh.privateKey()));
    PrivateFiles.write(certificateFile, Pem.encode(fresh.certificate()));
    return fresh;
  }

  private static MasterKey openMasterKey(Path directory, SecureRandom random) {
    Path file = directory.resolve("master.key");
    if (!Files.exists(file)) {
      byte[] fresh = HkdfMasterKey.generate(random);
      PrivateFiles.write(file, HexFormat.of().formatHex(fresh).getBytes(StandardCharsets.US_ASCII));
      Arrays.fill(fresh, (byte) 0);
    }
    try {
      byte[] key = HexFormat.of().parseHex(Files.readString(file).strip());
      MasterKey masterKey = new HkdfMasterKey(key);
      Arrays.fill(key, (byte) 0);
      return masterKey;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s".formatted(file), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "%s is damaged: it must hold 64 hexadecimal digits".formatted(file), e);
    }
  }

  private static ServerIdentity openIdentity(
      Path directory,
      String serverName,
      List<String> names,
      CertificateAuthority authority,
      SecureRandom random,
      InstantSource clock) {
    Path certificateFile = directory.resolve("server.pem");
    Path keyFile = directory.resolve("server-key.pem");
    if (Files.exists(certificateFile) && Files.exists(keyFile)) {
      X509Certificate present = Pem.readCertificate(certificateFile);
      PrivateKey key = Pem.readPrivateKey(keyFile);
      if (ServerCertificates.fits(present, key, authority.certificate(), names, clock.instant())) {
        return identity(serverName, key, present, authority);
      }
    }
    KeyPair pair = CertificateAuthority.generateKeyPair(random);
    X509Certificate certificate = authority.issueServer(pair.getPublic(), serverName, names);
    PrivateFiles.write(keyFile, Pem.encode(pair.getPrivate()));
    PrivateFiles.write(certificateFile, Pem.encode(certificate));
    return identity(serverName, pair.getPrivate(), certificate, authority);
  }

  private static ServerIdentity identity(
      String serverName,
      PrivateKey key,
      X509Certificate certificate,
      CertificateAuthority authority) {
    return new ServerIdentity(
        serverName, key, List.of(certificate, authority.certificate()), authority.certificate());
  }

  /** Writes the CA's certificate as PEM, for agents and administrators to trust. */
  public void writeAuthority(Path file) {
    PrivateFiles.write(file, Pem.encode(identity.certificateAuthority()));
  }
}
