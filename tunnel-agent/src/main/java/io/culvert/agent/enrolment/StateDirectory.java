package io.culvert.agent.enrolment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The agent's directory, for its owner only.
 *
 * <pre>
 *   node-key.pem   private key, never leaves this computer
 *   node.pem       the node's certificate       ca.pem   the cluster's CA
 *   node.json      which node, and which servers
 *   last-views.bin what is shown while no server answers
 *   agent.sock     where the running agent is asked      agent.lock   held by it
 * </pre>
 *
 * @param path of the directory
 */
public record StateDirectory(Path path) {
  private static final Duration LOCK_POLL = Duration.ofMillis(10);

  /** Where the agent keeps its state unless told otherwise. */
  public static Path defaultPath() {
    return "root".equals(System.getProperty("user.name"))
        ? Path.of("/var/lib/culvert-agent")
        : Path.of(System.getProperty("user.home"), ".local", "state", "culvert-agent");
  }

  /**
   * Makes the directory, or tightens its rights.
   *
   * @throws EnrolmentException if that cannot be done
   */
  public void prepare() {
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new EnrolmentException(
          "cannot use the state directory %s (%s); choose one that you may write with --state"
              .formatted(path, e.getMessage()));
    }
  }

  /**
   * Takes the directory for this process, until it ends.
   *
   * @throws EnrolmentException if another agent has it
   */
  public FileLock lock() {
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new EnrolmentException(
            "an agent runs already with the state directory %s; 'culvert agent down' ends it"
                .formatted(path));
      }
      return lock;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock the state directory", e);
    }
  }

  /**
   * Waits until no agent has the directory.
   *
   * @return whether that came true in time
   */
  public boolean awaitFree(Duration patience) {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    do {
      try (FileChannel channel =
              FileChannel.open(path.resolve("agent.lock"), StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          return true;
        }
      } catch (IOException noLockFile) {
        return true;
      }
      LockSupport.parkNanos(LOCK_POLL.toNanos());
    } while (System.nanoTime() < deadlineNanos);
    return false;
  }

  /** Where the running agent is asked. */
  public Path socket() {
    return path.resolve("agent.sock");
  }

  /** A file of the directory. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** Writes a file whole or not at all, with rights for the owner only. */
  public void write(String name, byte[] content) {
    Path fresh = path.resolve(name + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          fresh,
          path.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path.resolve(name), e);
    }
  }
}
