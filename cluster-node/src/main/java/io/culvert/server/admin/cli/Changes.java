package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.admin.cli.AdminClient.Answer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command that changes a VPN. */
final class Changes {
  @Option(
      names = "--wait",
      description =
          "Wait until every online agent has applied the change; exit status 1 if that takes more than 10 s.")
  private boolean wait;

  /** Changes the VPN and prints its revision. */
  int make(Call call, String method, String path, @Nullable JsonNode body) {
    Answer answer = call.send(method, wait ? path + "?wait=applied" : path, body);
    JsonNode change = answer.json();
    var _ = call.print(answer, Changes::sentence);
    return change.path("applied").asInt() < change.path("online").asInt()
        ? CommandFailure.REFUSED
        : 0;
  }

  private static String sentence(JsonNode change) {
    String revision =
        "%s: revision %d".formatted(change.path("vpn").asText(), change.path("revision").asLong());
    return change.path("online").isInt()
        ? "%s, applied by %d of %d online agents"
            .formatted(revision, change.path("applied").asInt(), change.path("online").asInt())
        : revision;
  }
}
