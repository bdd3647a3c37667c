package io.culvert.server.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final AtomicBoolean ready = new AtomicBoolean();
  private final HttpClient client = HttpClient.newHttpClient();
  private HealthServer health;

  @BeforeEach
  void start() throws IOException {
    health = HealthServer.start(ANY_PORT, ready::get);
  }

  @AfterEach
  void stop() {
    health.close();
    client.close();
  }

  @Test
  void livesBeforeItIsReady() throws Exception {
    assertThat(get("/live").statusCode()).isEqualTo(200);
    assertThat(get("/ready").statusCode()).isEqualTo(503);
    ready.set(true);
    assertThat(get("/ready").statusCode()).isEqualTo(200);
    ready.set(false);
    assertThat(get("/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void showsTheStateOfPartsThatDoNotDecide() throws Exception {
    health.show("dns", () -> "failing: no answer");
    assertThat(get("/ready").body()).isEqualTo("not ready\ndns: failing: no answer\n");
    ready.set(true);
    assertThat(get("/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void showsWhatThePartsCount() throws Exception {
    health.meters().counter("culvert.logons", "result", "ACCEPTED").increment();

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(t -> assertThat(t).startsWith("text/plain; version=0.0.4"));
    assertThat(answer.body())
        .contains("culvert_logons_total{result=\"ACCEPTED\"} 1.0")
        .contains("jvm_memory_used_bytes")
        .contains("jvm_threads_live_threads");
  }

  @Test
  void namesItsPathsToWhoAsksForAnother() throws Exception {
    HttpResponse<String> answer = get("/");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("/metrics");
  }

  @Test
  void namesTheAddressItCannotHave() {
    InetSocketAddress taken = new InetSocketAddress(ANY_PORT.getAddress(), health.port());

    assertThatThrownBy(() -> HealthServer.start(taken, () -> true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot serve health and metrics at")
        .hasMessageContaining(String.valueOf(health.port()));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + health.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
