package io.culvert.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTPS to the admin server as one administrator, and holds every answer against the OpenAPI
 * document: an answer that the document does not promise fails the test that caused it.
 */
final class ApiClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http;
  private final String origin;
  private final @Nullable OpenApiContract contract;
  private final @Nullable String bearer;

  private ApiClient(
      HttpClient http, String origin, @Nullable OpenApiContract contract, @Nullable String bearer) {
    this.http = http;
    this.origin = origin;
    this.contract = contract;
    this.bearer = bearer;
  }

  /** Nobody, at a server's port of 127.0.0.1, who trusts the cluster's CA only. */
  static ApiClient nobody(int port, X509Certificate authority) {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(trusting(authority))
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    ApiClient bare = new ApiClient(http, "https://127.0.0.1:" + port, null, null);
    OpenApiContract contract =
        new OpenApiContract(bare.send("GET", "/api/v1/openapi.yaml", null, Map.of()).text());
    return new ApiClient(http, bare.origin, contract, null);
  }

  /** The same client with an administrator's token. */
  ApiClient as(String token) {
    return new ApiClient(http, origin, contract, token);
  }

  OpenApiContract contract() {
    return Objects.requireNonNull(contract);
  }

  Answer get(String path) {
    return send("GET", path, null, Map.of());
  }

  Answer delete(String path) {
    return send("DELETE", path, null, Map.of());
  }

  Answer put(String path, String body) {
    return send("PUT", path, body, Map.of());
  }

  Answer post(String path, String body) {
    return send("POST", path, body, Map.of());
  }

  Answer patch(String path, String body) {
    return send("PATCH", path, body, Map.of());
  }

  /** Sends a request that the document need not know. */
  Answer raw(String method, String path) {
    return new ApiClient(http, origin, null, bearer).send(method, path, null, Map.of());
  }

  /** Sends one request. */
  Answer send(String method, String path, @Nullable String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(TIMEOUT)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (bearer != null) {
      request.header("Authorization", "Bearer " + bearer);
    }
    headers.forEach(request::setHeader);
    HttpResponse<String> response = exchange(request.build());
    Answer answer = new Answer(response);
    requireKept(method, path, answer);
    return answer;
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void requireKept(String method, String path, Answer answer) {
    if (contract == null) {
      return;
    }
    List<String> violations =
        contract.violations(
            method,
            path.split("\\?", 2)[0],
            answer.status(),
            answer.response().headers().firstValue("Content-Type"),
            answer.text());
    if (!violations.isEmpty()) {
      throw new AssertionError("%s %s: %s".formatted(method, path, violations));
    }
  }

  @Override
  public void close() {
    http.close();
  }

  private static SSLContext trusting(X509Certificate authority) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", authority);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the server said. */
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String text() {
      return response.body();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    JsonNode json() {
      try {
        return text().isEmpty() ? MissingNode.getInstance() : JSON.readTree(text());
      } catch (IOException e) {
        throw new UncheckedIOException("not JSON: " + text(), e);
      }
    }
  }
}
