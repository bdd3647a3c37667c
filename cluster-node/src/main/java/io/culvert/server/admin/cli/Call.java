package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.server.admin.cli.AdminClient.Answer;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command has, and what commands do with the API. */
final class Call {
  /** One changed thing, for people. */
  static final Function<JsonNode, String> CHANGE =
      answer -> "%s: done".formatted(answer.path("name").asText());

  @Option(names = "--json", description = "Print what the server answered, as JSON.")
  private boolean json;

  @Option(
      names = "--session",
      paramLabel = "FILE",
      description =
          "Where the login is kept; default: $$CULVERT_ADMIN_SESSION, or ~/.config/culvert/admin.json.")
  private @Nullable Path session;

  @SuppressWarnings("UnusedVariable") // picocli looks at it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  Surroundings surroundings() {
    AdminCommand root = (AdminCommand) spec().root().userObject();
    return root.surroundings();
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(command, "set by picocli");
  }

  Path sessionFile() {
    return session == null ? surroundings().sessionFile() : session;
  }

  /** Reads and prints. */
  int show(String path) {
    return show(path, Layout::of);
  }

  /** Reads and prints in an own layout. */
  int show(String path, Function<JsonNode, String> layout) {
    try (AdminClient client = client()) {
      return print(client.get(path), layout);
    }
  }

  /** Changes and prints. */
  int change(
      String method, String path, @Nullable JsonNode body, Function<JsonNode, String> layout) {
    return print(send(method, path, body), layout);
  }

  /** Changes. */
  Answer send(String method, String path, @Nullable JsonNode body) {
    try (AdminClient client = client()) {
      return client.send(method, path, body);
    }
  }

  private AdminClient client() {
    Session kept = Session.read(sessionFile());
    return new AdminClient(URI.create(kept.server()), kept.authority(), kept.token());
  }

  int print(Answer answer, Function<JsonNode, String> layout) {
    say(json ? answer.text() : layout.apply(answer.json()));
    return 0;
  }

  /** One paragraph on standard output; nothing if it is empty. */
  void say(String text) {
    if (!text.isEmpty()) {
      PrintWriter out = output();
      out.print(text + "\n");
      out.flush();
    }
  }

  /** One line on standard error: how far it is, or what is wrong with a part of it. */
  void note(String line) {
    PrintWriter err = spec().commandLine().getErr();
    err.print(line + "\n");
    err.flush();
  }

  /** Standard output. */
  PrintWriter output() {
    return spec().commandLine().getOut();
  }

  /** Whether a program reads the output. */
  boolean isForPrograms() {
    return json;
  }

  static ObjectNode body() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A path below {@code /api/v1}, of literal segments and names. */
  static String path(String... segments) {
    StringBuilder path = new StringBuilder("/api/v1");
    for (String segment : segments) {
      path.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8));
    }
    return path.toString();
  }
}
