package io.culvert.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.culvert.agent.dataplane.EngineStatistics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics}: the engine's numbers ({@link EngineMetrics}) and those of the JVM, in
 * OpenMetrics or in Prometheus's older text, as the scraper asks. {@link #close} from any thread.
 */
public final class MetricsServer implements AutoCloseable {
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final JvmGcMetrics gcMetrics = new JvmGcMetrics();
  private final PrometheusMeterRegistry meters;

  private MetricsServer(HttpServer server, PrometheusRegistry registry) {
    this.server = server;
    meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    gcMetrics.bindTo(meters);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
  }

  /**
   * Starts serving.
   *
   * @param listen port 0: any
   * @param statistics read at each scrape, on its thread
   * @param linked whether a server has this agent now
   * @throws UncheckedIOException with a sentence, if the address cannot be bound
   */
  public static MetricsServer start(
      InetSocketAddress listen, Supplier<EngineStatistics> statistics, BooleanSupplier linked) {
    HttpServer server;
    try {
      server = HttpServer.create(listen, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot serve metrics at %s:%d: %s"
              .formatted(listen.getHostString(), listen.getPort(), e.getMessage()),
          e);
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new EngineMetrics(statistics, linked));
    MetricsServer metrics = new MetricsServer(server, registry);
    server.setExecutor(metrics.threads);
    server.createContext("/metrics", metrics::scrape);
    server.createContext("/", exchange -> answer(exchange, 404, "text/plain", "/metrics\n"));
    server.start();
    return metrics;
  }

  private void scrape(HttpExchange exchange) throws IOException {
    String contentType = contentType(exchange.getRequestHeaders().getFirst("Accept"));
    answer(exchange, 200, contentType, meters.scrape(contentType));
  }

  private static String contentType(@Nullable String accept) {
    return accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
  }

  private static void answer(HttpExchange exchange, int status, String contentType, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
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
