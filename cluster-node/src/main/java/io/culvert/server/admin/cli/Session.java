package io.culvert.server.admin.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.server.pki.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Who is logged in where; a file that only its owner may read.
 *
 * @param server {@code https://host:port}
 * @param authority the cluster's CA certificate, PEM: the only one that is trusted
 * @param userName as the server knows it
 * @param token the bearer token
 * @param expiresAt when the token ends
 */
record Session(String server, String authority, String userName, String token, String expiresAt) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Never shows the token. */
  @Override
  public String toString() {
    return "Session[%s at %s]".formatted(userName, server);
  }

  static Session read(Path file) {
    try {
      return JSON.readValue(Files.readAllBytes(file), Session.class);
    } catch (NoSuchFileException e) {
      throw CommandFailure.local(
          "you are not logged in: culvert admin login --server https://HOST:8443 --ca FILE --user NAME");
    } catch (JsonProcessingException e) {
      throw CommandFailure.local("%s is damaged: log in again".formatted(file));
    } catch (IOException e) {
      throw CommandFailure.local("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  void write(Path file) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null && !Files.exists(directory)) {
        PrivateFiles.createDirectory(directory);
      }
      PrivateFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    } catch (UncheckedIOException | IOException e) {
      throw CommandFailure.local(
          "cannot keep the session in %s: %s".formatted(file, e.getMessage()));
    }
  }

  /** Forgets the session; whether there was one. */
  static boolean delete(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw CommandFailure.local("cannot delete %s: %s".formatted(file, e.getMessage()));
    }
  }
}
