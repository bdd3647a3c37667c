package io.culvert.server.authentication;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.util.Strings;

/**
 * Argon2id by Bouncy Castle, with 19 MiB, 2 passes and 1 lane: some 30 ms of one core. Verifiers
 * with other parameters are verified with theirs.
 */
public final class Argon2PasswordHasher implements PasswordHasher, AutoCloseable {
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int ITERATIONS = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /** How many may wait; at 30 ms each, the last one waits some seconds. */
  private static final int QUEUE = 256;

  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final SecureRandom random;
  private final ThreadPoolExecutor pool;
  private final String nobody;

  /**
   * Starts the threads: half of the processors, at least one.
   *
   * @param random of salts
   */
  public Argon2PasswordHasher(SecureRandom random) {
    this.random = random;
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().name("argon2-", 0).daemon().factory());
    this.nobody = hashNow("nobody has this password".toCharArray());
  }

  @Override
  public CompletionStage<String> hash(char[] password) {
    return submit(() -> hashNow(password));
  }

  @Override
  public CompletionStage<Boolean> verify(char[] password, String verifier) {
    return submit(() -> verifyNow(password, verifier));
  }

  @Override
  public CompletionStage<Boolean> verifyNobody(char[] password) {
    return submit(
        () -> {
          verifyNow(password, nobody);
          return false;
        });
  }

  private <T> CompletionStage<T> submit(Supplier<T> work) {
    Job<T> job = new Job<>(work, new CompletableFuture<>());
    try {
      pool.execute(job);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedStage(e);
    }
    return job.result();
  }

  private String hashNow(char[] password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] hash = derive(password, salt, MEMORY_KIB, ITERATIONS, LANES, HASH_BYTES);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            MEMORY_KIB,
            ITERATIONS,
            LANES,
            base64.encodeToString(salt),
            base64.encodeToString(hash));
  }

  private static boolean verifyNow(char[] password, String verifier) {
    Matcher parts = PHC.matcher(verifier);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not an Argon2id verifier in PHC string format");
    }
    byte[] expected = Base64.getDecoder().decode(parts.group(5));
    byte[] actual =
        derive(
            password,
            Base64.getDecoder().decode(parts.group(4)),
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)),
            expected.length);
    return MessageDigest.isEqual(expected, actual);
  }

  private static byte[] derive(
      char[] password, byte[] salt, int memoryKib, int iterations, int lanes, int lengthBytes) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] input = Strings.toUTF8ByteArray(password);
    byte[] hash = new byte[lengthBytes];
    generator.generateBytes(input, hash);
    Arrays.fill(input, (byte) 0);
    return hash;
  }

  /** Ends the threads; what waits is refused. */
  @Override
  public void close() {
    for (Runnable waiting : pool.shutdownNow()) {
      ((Job<?>) waiting)
          .result()
          .completeExceptionally(new RejectedExecutionException("the server stops"));
    }
  }

  /** One computation, which the pool does or refuses. */
  private record Job<T>(Supplier<T> work, CompletableFuture<T> result) implements Runnable {
    @Override
    public void run() {
      try {
        result.complete(work.get());
      } catch (RuntimeException | OutOfMemoryError e) {
        result.completeExceptionally(e);
      }
    }
  }
}
