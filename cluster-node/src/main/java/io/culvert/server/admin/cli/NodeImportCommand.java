package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.model.identity.Name;
import io.culvert.server.admin.cli.Choices.Roles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert admin node import}. */
@Command(
    name = "import",
    sortOptions = false,
    description = {
      "Makes many nodes, and makes them members of VPNs, from a list in CSV.",
      "The first line of the list names its columns: name, and if wanted vpn and role. A line that is wrong is named, and nothing is imported then.",
      "An import may be repeated: what is there stays as it is, and tokens that still wait to be used are given again."
    },
    footer = {
      "",
      "Exit status 1 if a name was refused, because it is that of a deleted node; the others are imported then.",
      "",
      "Examples:",
      "  culvert admin node import acme nodes.csv",
      "  culvert admin node import acme nodes.csv --vpn office --tokens tokens.csv --lifetime 7d",
      "  printf 'name,vpn,role\\npump1,plants,spoke\\nhq,plants,hub\\n' | culvert admin node import acme - --json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the required parameters
final class NodeImportCommand implements Callable<Integer> {
  /** What the API takes in one request. */
  private static final int BATCH = 1_000;

  private static final String STANDARD = "-";

  @Mixin private Call call;

  @Parameters(paramLabel = "ORG", description = "The organization.")
  private String organization;

  @Parameters(paramLabel = "FILE", description = "The list; - is standard input.")
  private String file;

  @Option(
      names = "--vpn",
      paramLabel = "VPN",
      description = "Name of the VPN for lines that name none.")
  private @Nullable String vpn;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      converter = Roles.class,
      completionCandidates = Roles.class,
      description =
          "Role of members whose line names none: ${COMPLETION-CANDIDATES}; spoke by default.")
  private @Nullable String role;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description =
          "Make enrolment tokens, for nodes that need one, and write them into this new file, as CSV, for your eyes only; - is standard output.")
  private @Nullable String tokens;

  @Option(
      names = "--lifetime",
      paramLabel = "TIME",
      converter = TokenCommands.Lifetime.class,
      description = "Of the tokens: for example 30m, 1h, 2d; default: the server's.")
  private @Nullable Duration lifetime;

  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final ArrayNode answers = Call.body().arrayNode();

  @Override
  public Integer call() {
    if (tokens == null && lifetime != null) {
      throw CommandFailure.local("--lifetime is that of tokens: it needs --tokens");
    }
    if (vpn != null && !Name.isValid(vpn)) {
      throw CommandFailure.local(
          "'%s' is not the name of a VPN of %s".formatted(vpn, organization));
    }
    List<NodeList.Entry> entries = NodeList.read(text(), vpn, role);
    if (tokens == null || (call.isForPrograms() && tokens.equals(STANDARD))) {
      importAll(entries, null);
    } else {
      try (TokenFile target =
          tokens.equals(STANDARD)
              ? TokenFile.standardOutput(call.output())
              : TokenFile.create(Path.of(tokens))) {
        importAll(entries, target);
      }
    }
    return outcomes.containsKey("refused") ? CommandFailure.REFUSED : 0;
  }

  private String text() {
    if (file.equals(STANDARD)) {
      return call.surroundings().rest();
    }
    try {
      return Files.readString(Path.of(file));
    } catch (NoSuchFileException e) {
      throw CommandFailure.local("there is no file %s".formatted(file));
    } catch (CharacterCodingException e) {
      throw CommandFailure.local("%s is not text in UTF-8".formatted(file));
    } catch (IOException e) {
      throw CommandFailure.local("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  private void importAll(List<NodeList.Entry> entries, @Nullable TokenFile target) {
    for (int done = 0; done < entries.size(); done += BATCH) {
      List<NodeList.Entry> batch = entries.subList(done, Math.min(entries.size(), done + BATCH));
      take(batch, send(batch, done), target);
      if (entries.size() > BATCH) {
        call.note("%d of %d nodes".formatted(done + batch.size(), entries.size()));
      }
    }
    if (call.isForPrograms()) {
      ObjectNode all = Call.body();
      all.set("nodes", answers);
      call.say(all.toString());
    } else if (target != null && STANDARD.equals(tokens)) {
      call.note(summary(entries.size(), target));
    } else {
      call.say(summary(entries.size(), target));
    }
  }

  private JsonNode send(List<NodeList.Entry> batch, int done) {
    try {
      return call.send("POST", Call.path("organizations", organization, "imports"), body(batch))
          .json();
    } catch (CommandFailure e) {
      throw e.in(
          done == 0
              ? ""
              : "%d nodes are imported; lines %d to %d are not: "
                  .formatted(done, batch.getFirst().line(), batch.getLast().line()));
    }
  }

  private ObjectNode body(List<NodeList.Entry> batch) {
    ObjectNode body = Call.body();
    if (tokens != null) {
      body.put("tokens", true);
    }
    if (lifetime != null) {
      body.put("lifetimeSeconds", lifetime.toSeconds());
    }
    ArrayNode nodes = body.putArray("nodes");
    for (NodeList.Entry entry : batch) {
      ObjectNode node = nodes.addObject().put("name", entry.name());
      if (entry.vpn() != null) {
        node.put("vpn", entry.vpn());
      }
      if (entry.role() != null) {
        node.put("role", entry.role());
      }
    }
    return body;
  }

  /** The answer has the nodes in the order of the request. */
  private void take(List<NodeList.Entry> batch, JsonNode answer, @Nullable TokenFile target) {
    JsonNode nodes = answer.path("nodes");
    for (int i = 0; i < batch.size(); i++) {
      ObjectNode node = nodes.path(i).isObject() ? (ObjectNode) nodes.path(i) : Call.body();
      String outcome = node.path("outcome").asText();
      outcomes.merge(outcome, 1, Integer::sum);
      if (outcome.equals("refused")) {
        call.note("line %d: %s".formatted(batch.get(i).line(), node.path("detail").asText()));
      }
      if (target != null && node.has("token")) {
        target.write(
            node.path("node").asText(),
            node.path("token").asText(),
            node.path("expiresAt").asText());
        var _ = node.remove("token");
      }
      if (call.isForPrograms()) {
        answers.add(node);
      }
    }
    if (target != null) {
      target.flush();
    }
  }

  private String summary(int size, @Nullable TokenFile target) {
    String counts =
        "%s: %d nodes: %d created, %d existed and were admitted, %d existed, %d refused"
            .formatted(
                organization,
                size,
                outcomes.getOrDefault("created", 0),
                outcomes.getOrDefault("admitted", 0),
                outcomes.getOrDefault("exists", 0),
                outcomes.getOrDefault("refused", 0));
    return target == null
        ? counts
        : "%s; %d tokens are in %s".formatted(counts, target.count(), target.place());
  }
}
