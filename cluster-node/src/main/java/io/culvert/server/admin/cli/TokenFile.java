package io.culvert.server.admin.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.culvert.server.pki.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where enrolment tokens are written, as CSV: a new file that only its owner may read, or standard
 * output. Each batch is written at once, so that an import that is interrupted keeps those it has.
 */
final class TokenFile implements AutoCloseable {
  private static final CsvMapper CSV =
      CsvMapper.builder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build();
  private static final CsvSchema COLUMNS =
      CsvSchema.builder()
          .addColumn("node")
          .addColumn("token")
          .addColumn("expiresAt")
          .build()
          .withHeader();

  private final @Nullable Path file;
  private final SequenceWriter rows;
  private int count;

  private TokenFile(@Nullable Path file, SequenceWriter rows) {
    this.file = file;
    this.rows = rows;
  }

  /**
   * Makes the file.
   *
   * @throws CommandFailure if there is one already, or it cannot be made
   */
  static TokenFile create(Path file) {
    try {
      OutputStream content = PrivateFiles.createNew(file);
      return new TokenFile(file, CSV.writer(COLUMNS).writeValues(content));
    } catch (FileAlreadyExistsException e) {
      throw CommandFailure.local(
          "nothing was imported: %s exists already; name another file for the tokens"
              .formatted(file));
    } catch (IOException e) {
      throw CommandFailure.local(
          "nothing was imported: cannot make %s: %s".formatted(file, e.getMessage()));
    }
  }

  /** Writes to standard output, which stays open. */
  static TokenFile standardOutput(Writer output) {
    try {
      return new TokenFile(
          null,
          CSV.writer(COLUMNS).without(JsonGenerator.Feature.AUTO_CLOSE_TARGET).writeValues(output));
    } catch (IOException e) {
      throw CommandFailure.local("cannot write: " + e.getMessage());
    }
  }

  /** Adds a token. */
  void write(String node, String token, String expiresAt) {
    try {
      var _ = rows.write(new String[] {node, token, expiresAt});
      count++;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** What was written is safe from the end of this process. */
  void flush() {
    try {
      rows.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static CommandFailure failure(IOException e) {
    return CommandFailure.local(
        "cannot write the tokens: %s; import again, with another file for them"
            .formatted(e.getMessage()));
  }

  /** How many tokens were written. */
  int count() {
    return count;
  }

  /** Where they are, for people. */
  String place() {
    return file == null ? "standard output" : file.toString();
  }

  /** Leaves no file without a token. */
  @Override
  public void close() {
    try {
      rows.close();
      if (file != null && count == 0) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
