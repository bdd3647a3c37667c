package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The admin API as a script uses it, with curl. A request costs next to nothing beside what it sets
 * in motion, while a command of {@code ./culvert admin} keeps a processor busy for a second, most
 * of it after the request: too much where the time that a change takes is measured.
 */
public final class AdminScript {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LabHost host;
  private final Path authority;
  private final String url;
  private final String login;

  /**
   * With the login of an administrator.
   *
   * @param host where curl runs
   * @param session the file that {@code culvert admin login} has written
   */
  AdminScript(LabHost host, Path session) {
    this.host = host;
    this.authority = session.resolveSibling("admin-ca.pem");
    try {
      JsonNode content = JSON.readTree(session.toFile());
      Files.writeString(authority, content.required("authority").asText());
      url = content.required("server").asText();
      login = "header = \"Authorization: Bearer %s\"".formatted(content.required("token").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One request.
   *
   * @param path behind the server's address
   * @param body JSON
   * @return what was answered
   * @throws LabException if it was refused or not answered
   */
  public JsonNode request(String method, String path, String body) {
    List<String> command =
        List.of(
            "curl",
            "--silent",
            "--show-error",
            "--fail-with-body",
            "--cacert",
            authority.toString(),
            "--config",
            "-",
            "--request",
            method,
            "--header",
            "Content-Type: application/json",
            "--data",
            body,
            url + path);
    return host.run(command, login).json();
  }
}
