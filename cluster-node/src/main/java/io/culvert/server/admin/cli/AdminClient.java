package io.culvert.server.admin.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Speaks the REST API to one server. Throws a {@link CommandFailure} for every refusal. */
final class AdminClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Longer than the longest wait for agents. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIRST_REFUSAL = 400;

  private final HttpClient http;
  private final URI server;
  private final @Nullable String token;

  /**
   * A client of one server.
   *
   * @param authority the only CA that is trusted, PEM
   * @param token null before the login
   */
  AdminClient(URI server, String authority, @Nullable String token) {
    this.server = server;
    this.token = token;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .sslContext(ClusterTrust.context(authority))
            .build();
  }

  /**
   * What the API answered.
   *
   * @param text as it came
   * @param json the same, read; missing if there was no body
   */
  record Answer(String text, JsonNode json) {}

  Answer get(String path) {
    return send("GET", path, null);
  }

  /** Sends a change, under a key that makes it happen once. */
  Answer send(String method, String path, @Nullable JsonNode body) {
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .method(method, publisher);
    if (!method.equals("GET")) {
      request.header("Idempotency-Key", UUID.randomUUID().toString());
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> response = exchange(request.build());
    JsonNode json = read(response.body());
    if (response.statusCode() >= FIRST_REFUSAL) {
      throw CommandFailure.refused(
          json.path("code").asText(),
          json.path("detail").asText("the server answered " + response.statusCode()));
    }
    return new Answer(response.body(), json);
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (SSLException e) {
      throw CommandFailure.notReachable(
          "%s is not a server of the cluster whose CA you trust: %s"
              .formatted(server, e.getMessage()));
    } catch (IOException e) {
      throw CommandFailure.notReachable(
          "cannot reach %s: %s; is the server running, and is the address right?"
              .formatted(server, reason(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.local("interrupted");
    }
  }

  private static String reason(IOException failure) {
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private JsonNode read(String text) {
    try {
      return text.isEmpty() ? MissingNode.getInstance() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw CommandFailure.notReachable(
          "%s does not speak Culvert's admin API; is that its admin port?".formatted(server));
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
