package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.server.admin.AdminHouse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Map;
import picocli.CommandLine;

/** Types commands in this process and catches what they print. */
final class Typist {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path session;

  Typist(Path session) {
    this.session = session;
  }

  /** What a command did. */
  record Outcome(int status, String output, String errors) {
    JsonNode json() {
      try {
        return JSON.readTree(output);
      } catch (IOException e) {
        throw new UncheckedIOException("not JSON: " + output, e);
      }
    }
  }

  /** The first login at a server, which trusts it by its CA's certificate. */
  Outcome logIn(AdminHouse house, Path authority) throws IOException, CertificateEncodingException {
    Files.writeString(
        authority,
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(house.authority().getEncoded())));
    return typeWith(
        AdminHouse.ONE_TIME_PASSWORD + "\n" + AdminHouse.PASSWORD + "\n",
        "login --server https://127.0.0.1:%d --ca %s --user admin --password-stdin --new-password-stdin"
            .formatted(house.port(), authority));
  }

  Outcome type(String line) {
    return typeWith("", line);
  }

  /** Types a command of words without blanks, with something on standard input. */
  Outcome typeWith(String input, String line) {
    Surroundings around =
        new Surroundings(
            new BufferedReader(new StringReader(input)),
            Map.of("CULVERT_ADMIN_SESSION", session.toString()),
            null);
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    CommandLine command =
        AdminCommand.commandLine(around)
            .setOut(new PrintWriter(output))
            .setErr(new PrintWriter(errors));
    int status = command.execute(line.split(" ", -1));
    return new Outcome(status, output.toString(), errors.toString());
  }
}
