package io.culvert.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");
  private static final List<String> NAMES =
      List.of("vpn.example", "198.18.2.2", "fd00::1", "localhost");

  private final SecureRandom random = new SecureRandom();
  @TempDir private Path directory;

  @Test
  void makesOnceWhatIsMissing() throws IOException {
    ClusterKeys first = open(NOW, NAMES);
    ClusterKeys second = open(NOW, NAMES);

    assertThat(second.authority().certificate()).isEqualTo(first.authority().certificate());
    assertThat(second.identity().chain()).isEqualTo(first.identity().chain());
    assertThat(derived(second)).isEqualTo(derived(first));
  }

  @Test
  void keepsEveryFileForItsOwnerOnly() throws IOException {
    open(NOW, NAMES);

    assertThat(rights(directory)).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertThat(all)
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder(
              "ca.pem", "ca-key.pem", "master.key", "server.pem", "server-key.pem");
      for (Path file : all) {
        assertThat(rights(file)).as("%s", file).isEqualTo("rw-------");
      }
    }
  }

  @Test
  void issuesTheServersCertificateAnewWhenItsNamesChange() throws IOException {
    X509Certificate first = certificate(open(NOW, NAMES));

    assertThat(certificate(open(NOW, List.of("vpn.example")))).isNotEqualTo(first);
    X509Certificate more = certificate(open(NOW, List.of("vpn.example", "198.18.2.3")));
    assertThat(ServerCertificates.namesOf(more))
        .containsExactlyInAnyOrder("vpn.example", "198.18.2.3");
  }

  @Test
  void issuesTheServersCertificateAnewBeforeItEnds() throws IOException {
    X509Certificate first = certificate(open(NOW, NAMES));
    Instant late = first.getNotAfter().toInstant().minus(ServerCertificates.RENEW_BEFORE_END);

    assertThat(certificate(open(late.minusSeconds(1), NAMES))).isEqualTo(first);
    X509Certificate second = certificate(open(late, NAMES));
    assertThat(second.getNotAfter().toInstant()).isAfter(late.plus(Duration.ofDays(300)));
  }

  /** What a crash leaves between the two writes. */
  @Test
  void issuesTheServersCertificateAnewWhenTheKeyIsAnother() throws Exception {
    X509Certificate first = certificate(open(NOW, NAMES));
    PrivateFiles.write(
        directory.resolve("server-key.pem"),
        Pem.encode(CertificateAuthority.generateKeyPair(random).getPrivate()));

    X509Certificate second = certificate(open(NOW, NAMES));

    assertThat(second.getPublicKey()).isNotEqualTo(first.getPublicKey());
  }

  @Test
  void issuesTheServersCertificateAnewUnderAnotherAuthority() throws Exception {
    open(NOW, NAMES);
    Files.delete(directory.resolve("ca.pem"));
    Files.delete(directory.resolve("ca-key.pem"));

    ClusterKeys keys = open(NOW, NAMES);

    certificate(keys).verify(keys.authority().certificate().getPublicKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.pem", "ca-key.pem"})
  void refusesHalfAnAuthority(String missing) throws IOException {
    open(NOW, NAMES);
    Files.delete(directory.resolve(missing));

    assertThatThrownBy(() -> open(NOW, NAMES))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ca.pem and ca-key.pem");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.pem", "ca-key.pem", "master.key", "server.pem", "server-key.pem"})
  void namesADamagedFile(String file) throws IOException {
    open(NOW, NAMES);
    Files.writeString(directory.resolve(file), "not a key");

    assertThatThrownBy(() -> open(NOW, NAMES))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file);
  }

  @Test
  void showsNoKeys() throws IOException {
    ClusterKeys keys = open(NOW, NAMES);

    assertThat(keys).hasToString("ClusterKeys[srv]");
    assertThat(keys.identity()).hasToString("ServerIdentity[srv]");
  }

  private ClusterKeys open(Instant now, List<String> names) {
    return ClusterKeys.open(directory, "srv", names, random, InstantSource.fixed(now));
  }

  private static X509Certificate certificate(ClusterKeys keys) {
    return keys.identity().chain().getFirst();
  }

  private static byte[] derived(ClusterKeys keys) {
    return keys.masterKey().derive(new byte[] {1}, new byte[] {2}, 32);
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
