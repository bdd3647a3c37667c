package io.culvert.agent.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.agent.testserver.TestAuthority;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The identity in its state directory, on a real file system. */
class NodeIdentityTest {
  private final TestAuthority authority = new TestAuthority("cluster");
  private final KeyPair pair = TestAuthority.keyPair();
  private final NodeIdentity identity =
      new NodeIdentity(
          "acme/laptop",
          List.of("vpn.example.com:443", "[2001:db8::1]:443"),
          pair.getPrivate(),
          authority.node(pair.getPublic(), "acme/laptop"),
          authority.certificate());

  private final Path directory;
  private final StateDirectory state;

  NodeIdentityTest(@TempDir Path directory) {
    this.directory = directory;
    state = new StateDirectory(directory.resolve("state"));
  }

  @BeforeEach
  void prepare() {
    state.prepare();
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void isTheSameAfterItWasKept() {
    identity.save(state);
    NodeIdentity loaded = NodeIdentity.load(state).orElseThrow();
    assertThat(loaded).isEqualTo(identity);
    assertThat(loaded).hasToString("NodeIdentity[acme/laptop]");
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    identity.save(state);
    assertThat(rights(state.path())).isEqualTo("rwx------");
    try (var files = Files.list(state.path())) {
      assertThat(files)
          .hasSize(4)
          .allSatisfy(file -> assertThat(rights(file)).isEqualTo("rw-------"));
    }
  }

  @Test
  void isAbsentInAnEmptyDirectory() {
    assertThat(NodeIdentity.load(state)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "[]",
        "",
        "{\"node\": 1, \"servers\": 2}",
        "{\"node\": \"a/b\", \"servers\": [\"nonsense\"]}"
      })
  void saysThatADamagedDirectoryIsDamaged(String json) throws IOException {
    identity.save(state);
    Files.writeString(state.file("node.json"), json);
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> NodeIdentity.load(state))
        .withMessageContaining("is damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"node.json", "node-key.pem", "node.pem", "ca.pem"})
  void saysWhichFileIsDamagedAndWhatToDo(String file) throws IOException {
    identity.save(state);
    byte[] whole = Files.readAllBytes(state.file(file));
    for (byte[] damaged :
        List.of(
            new byte[0],
            Arrays.copyOf(whole, 1),
            Arrays.copyOf(whole, whole.length / 3),
            Arrays.copyOf(whole, whole.length * 2 / 3),
            "garbage".getBytes(StandardCharsets.US_ASCII),
            new byte[whole.length])) {
      Files.write(state.file(file), damaged);
      assertThatExceptionOfType(EnrolmentException.class)
          .isThrownBy(() -> NodeIdentity.load(state))
          .withMessageStartingWith("the file %s is damaged;".formatted(state.file(file)))
          .withMessageContaining("move the directory %s away".formatted(state.path()))
          .withMessageNotContaining("\n");
    }
    Files.write(state.file(file), whole);
    assertThat(NodeIdentity.load(state)).contains(identity);
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-key.pem", "node.pem", "ca.pem"})
  void saysWhichFileIsMissing(String file) throws IOException {
    identity.save(state);
    Files.delete(state.file(file));
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> NodeIdentity.load(state))
        .withMessageStartingWith("the file %s is missing;".formatted(state.file(file)));
  }

  @Test
  void saysThatTheKeyIsOfAnotherCertificate() throws IOException {
    identity.save(state);
    byte[] certificate = Files.readAllBytes(state.file("node.pem"));
    KeyPair other = TestAuthority.keyPair();
    new NodeIdentity(
            "acme/laptop",
            List.of("vpn.example.com:443"),
            other.getPrivate(),
            authority.node(other.getPublic(), "acme/laptop"),
            authority.certificate())
        .save(state);
    Files.write(state.file("node.pem"), certificate);
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> NodeIdentity.load(state))
        .withMessageContaining("node-key.pem is damaged");
  }

  @Test
  void replacesAFileWholeAndLeavesNoOther() throws IOException {
    state.write("x", new byte[] {1, 2, 3});
    state.write("x", new byte[] {4});
    assertThat(Files.readAllBytes(state.file("x"))).containsExactly(4);
    assertThat(state.file("x.new")).doesNotExist();
  }

  @Test
  void saysWhereItCannotWrite() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> new StateDirectory(file.resolve("state")).prepare())
        .withMessageContaining("--state");
  }

  @Test
  void isFreeWhereNoAgentEverRan() {
    assertThat(state.awaitFree(Duration.ZERO)).isTrue();
  }

  @Test
  void isFreeAfterTheLockWasReleased() throws IOException {
    FileLock lock = state.lock();
    lock.acquiredBy().close();
    assertThat(state.awaitFree(Duration.ZERO)).isTrue();
  }
}
