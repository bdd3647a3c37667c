package io.culvert.server.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Serves {@code /live}, {@code /ready} and {@code /metrics}. */
public final class HealthServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Supplier<String>> parts = new ConcurrentSkipListMap<>();
  private final JvmGcMetrics gcMetrics = new JvmGcMetrics();

  private HealthServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Starts serving.
   *
   * @param ready whether this server takes agents now
   * @throws IOException if the address cannot be bound
   */
  public static HealthServer start(InetSocketAddress listen, BooleanSupplier ready)
      throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(listen, 0);
    } catch (IOException e) {
      throw new IOException(
          "cannot serve health and metrics at %s: %s".formatted(listen, e.getMessage()), e);
    }
    HealthServer health = new HealthServer(server);
    health.register(ready);
    return health;
  }

  private void register(BooleanSupplier ready) {
    gcMetrics.bindTo(meters);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    server.setExecutor(threads);
    server.createContext("/live", exchange -> answer(exchange, 200, "live\n"));
    server.createContext(
        "/ready",
        exchange -> {
          boolean yes = ready.getAsBoolean();
          answer(exchange, yes ? 200 : 503, (yes ? "ready\n" : "not ready\n") + shown());
        });
    server.createContext("/metrics", exchange -> answer(exchange, 200, meters.scrape()));
    server.createContext("/", exchange -> answer(exchange, 404, "/live, /ready or /metrics\n"));
    server.start();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  private String shown() {
    StringBuilder lines = new StringBuilder();
    parts.forEach((name, state) -> lines.append("%s: %s%n".formatted(name, state.get())));
    return lines.toString();
  }

  /**
   * Shows a line {@code name: state} below the word of {@code /ready}. What is shown there does not
   * decide whether the server is ready.
   */
  public void show(String name, Supplier<String> state) {
    parts.put(name, state);
  }

  /** Where the server's parts register what they count. */
  public PrometheusMeterRegistry meters() {
    return meters;
  }

  /** The bound port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Stops at once. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    gcMetrics.close();
  }
}
