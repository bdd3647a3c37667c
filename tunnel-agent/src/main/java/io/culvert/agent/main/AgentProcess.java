package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.control.AgentListener;
import io.culvert.agent.control.AgentState;
import io.culvert.agent.control.ControlClient;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.enrolment.StateSeal;
import io.culvert.agent.localapi.LocalServer;
import io.culvert.agent.metrics.MetricsServer;
import io.culvert.agent.view.VpnReplica;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The running agent: data plane, control client and local socket, until it is told to stop. */
final class AgentProcess implements AutoCloseable {
  private final LastViews lastViews;
  private final LinuxDataPlane dataPlane;
  private final ControlClient control;
  private final @Nullable MetricsServer metrics;
  private final LocalServer local;
  private final CaptureRequest captures;
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  private AgentProcess(
      StateDirectory state,
      NodeIdentity identity,
      LinuxDataPlane dataPlane,
      AgentListener listener,
      String version,
      Duration pullInterval,
      @Nullable InetSocketAddress metricsAt) {
    this.dataPlane = dataPlane;
    captures = new CaptureRequest(dataPlane::tap, dataPlane.udpPort());
    lastViews = LastViews.load(state, identity.seal(), listener::onProblem);
    control =
        new ControlClient(
            identity, dataPlane, listener, InstantSource.system(), version, pullInterval);
    metrics =
        metricsAt == null
            ? null
            : MetricsServer.start(metricsAt, dataPlane::statistics, this::isLinked);
    local = LocalServer.start(state.socket(), this::answer);
    control.start();
  }

  /**
   * Starts everything.
   *
   * @param dataPlane open; this process's to close from then on
   * @param pullInterval as {@link ControlClient} has it
   * @param metricsAt where metrics are served; null: nowhere
   * @throws java.io.UncheckedIOException with a sentence that says what is missing
   */
  static AgentProcess start(
      StateDirectory state,
      NodeIdentity identity,
      LinuxDataPlane dataPlane,
      AgentListener listener,
      String version,
      Duration pullInterval,
      @Nullable InetSocketAddress metricsAt) {
    return new AgentProcess(state, identity, dataPlane, listener, version, pullInterval, metricsAt);
  }

  private boolean isLinked() {
    return control.status().state() == AgentState.LINKED;
  }

  private Object answer(String command, JsonNode request) {
    return switch (command) {
      case "status" -> StatusReport.of(control.status(), dataPlane.statistics(), lastViews);
      case "ping" ->
          PeerPing.ping(
              control.status(),
              request.path("node").asText(),
              Math.clamp(request.path("count").asInt(3), 1, PeerPing.MAX_COUNT));
      case "capture" -> captures.answer(request, control.status());
      case "down" -> {
        stopAsked.countDown();
        yield Map.of("stopping", true);
      }
      default ->
          throw new IllegalArgumentException("the agent knows no command '%s'".formatted(command));
    };
  }

  /** Waits until {@code agent down}. */
  void awaitStop() throws InterruptedException {
    stopAsked.await();
  }

  /** Logs off, takes the interface away, removes the socket. */
  @Override
  public void close() {
    local.close();
    if (metrics != null) {
      metrics.close();
    }
    control.close();
    dataPlane.close();
  }

  /**
   * Prints the states of the seed's figure 2 with the milliseconds since the process started, and
   * what a person should know; keeps the last views.
   */
  static final class Printer implements AgentListener {
    private final PrintWriter out;
    private final LongSupplier elapsedMillis;
    private final StateDirectory state;
    private final StateSeal seal;

    Printer(PrintWriter out, LongSupplier elapsedMillis, StateDirectory state, StateSeal seal) {
      this.out = out;
      this.state = state;
      this.seal = seal;
      this.elapsedMillis = elapsedMillis;
    }

    @Override
    public void onState(AgentState state) {
      switch (state) {
        case CONNECTED, AUTHENTICATED, LINKED -> print(state.toString());
        case DISPLACED, REVOKED, OFFLINE -> line(state.toString());
        case SYNCHRONIZING -> {}
      }
    }

    @Override
    public void onSynchronized() {
      print("synchronized");
    }

    @Override
    public void onProblem(String message) {
      line(message);
    }

    @Override
    public void onViews(List<VpnReplica> replicas) {
      try {
        LastViews.save(state, seal, replicas);
      } catch (UncheckedIOException e) {
        line(
            e.getMessage()
                + ": the agent goes on, but its next run will not know this one's views");
      }
    }

    private void print(String state) {
      line("%s %d ms".formatted(state, elapsedMillis.getAsLong()));
    }

    private void line(String text) {
      out.println(text);
      out.flush();
    }
  }
}
