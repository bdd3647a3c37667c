package io.culvert.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Argon2PasswordHasherTest {
  private final Argon2PasswordHasher hasher = new Argon2PasswordHasher(new SecureRandom());

  @AfterEach
  void stop() {
    hasher.close();
  }

  @Test
  void verifiesWhatItHashed() {
    String verifier = join(hasher.hash(text("correct horse")));

    assertThat(verifier).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(join(hasher.verify(text("correct horse"), verifier))).isTrue();
    assertThat(join(hasher.verify(text("correct horsf"), verifier))).isFalse();
    assertThat(join(hasher.verify(text(""), verifier))).isFalse();
  }

  @Test
  void saltsEveryVerifier() {
    assertThat(join(hasher.hash(text("same")))).isNotEqualTo(join(hasher.hash(text("same"))));
  }

  /** Made by the reference implementation (phc-winner-argon2); the first is of its own tests. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "password|$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "password|$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$K13EBUiG7JV+9ZxztmHFTdb7J0WQsnj2V8bZaqyPptE",
        "p\u00e4ssw\u00f6rd \u20ac|$argon2id$v=19$m=1024,t=3,p=2$c29tZXNhbHRzb21lc2FsdA$PZYDT1/SkpccaIPuUoITEBvU9MEp4M3N",
      })
  void verifiesVerifiersOfTheReferenceImplementation(String password, String verifier) {
    assertThat(join(hasher.verify(text(password), verifier))).isTrue();
    assertThat(join(hasher.verify(text(password + "."), verifier))).isFalse();
  }

  /** RFC 9106, section 5.3, against the library that the hasher stands on. */
  @Test
  void standsOnTheFunctionOfTheRfc() {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(32)
            .withIterations(3)
            .withParallelism(4)
            .withSalt(repeated(2, 16))
            .withSecret(repeated(3, 8))
            .withAdditional(repeated(4, 12))
            .build());
    byte[] tag = new byte[32];
    generator.generateBytes(repeated(1, 32), tag);

    assertThat(HexFormat.of().formatHex(tag))
        .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
  }

  @Test
  void knowsNobody() {
    assertThat(join(hasher.verifyNobody(text("nobody has this password")))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain", "$argon2i$v=19$m=8,t=1,p=1$c29tc2FsdA$CTFhFdXPJO0", "$2b$10$x"})
  void failsOnAnotherKindOfVerifier(String verifier) {
    assertThatThrownBy(() -> join(hasher.verify(text("password"), verifier)))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesWhatItCannotDoSoon() {
    List<CompletableFuture<Boolean>> storm = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      storm.add(hasher.verifyNobody(text("storm")).toCompletableFuture());
    }

    assertThat(storm).anySatisfy(one -> assertThat(refused(one)).isTrue());
    assertThat(storm).anySatisfy(one -> assertThat(one.isCompletedExceptionally()).isFalse());
  }

  @Test
  void refusesWhatWaitsWhenItCloses() {
    List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(hasher.verifyNobody(text("late")).toCompletableFuture());
    }

    hasher.close();

    assertThat(refused(waiting.getLast())).isTrue();
    assertThat(refused(hasher.hash(text("later")).toCompletableFuture())).isTrue();
  }

  private static boolean refused(CompletableFuture<?> stage) {
    return stage.isCompletedExceptionally()
        && stage.exceptionNow() instanceof RejectedExecutionException;
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static char[] text(String text) {
    return text.toCharArray();
  }

  private static byte[] repeated(int value, int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
