package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.capture.Capture;
import io.culvert.agent.capture.CaptureSettings;
import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.control.AgentStatus;
import io.culvert.agent.localapi.LocalStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The agent's side of {@code agent capture}: one capture at a time, streamed to who asked. */
final class CaptureRequest {
  private static final long MAX_SECONDS = 7 * 86400;

  private final Consumer<@Nullable CaptureTap> engine;
  private final int localPort;
  private final Semaphore free = new Semaphore(1);

  /**
   * For an engine.
   *
   * @param engine takes a tap, or null to take it off; returns when its workers have followed
   * @param localPort its UDP port
   */
  CaptureRequest(Consumer<@Nullable CaptureTap> engine, int localPort) {
    this.engine = engine;
    this.localPort = localPort;
  }

  /**
   * The capture that is asked for.
   *
   * @throws IllegalArgumentException with a sentence, if it cannot be had
   */
  LocalStream answer(JsonNode request, AgentStatus status) {
    String peer = request.path("peer").asText("");
    CaptureSettings settings =
        new CaptureSettings(
            request.path("inner").asBoolean(),
            request.path("outer").asBoolean(),
            peer.isEmpty() ? null : PeerPing.nodeId(status, peer),
            request.path("oneIn").asInt(1),
            request.path("snapBytes").asInt(CaptureSettings.DEFAULT_SNAP_BYTES));
    Duration duration =
        Duration.ofSeconds(Math.clamp(request.path("seconds").asLong(MAX_SECONDS), 1, MAX_SECONDS));
    long packets = request.path("packets").asLong(Long.MAX_VALUE);
    if (!free.tryAcquire()) {
      throw new IllegalArgumentException("a capture runs already; there is one at a time");
    }
    return new Stream(settings, duration, packets);
  }

  private final class Stream implements LocalStream {
    private final CaptureSettings settings;
    private final Duration duration;
    private final long packets;

    Stream(CaptureSettings settings, Duration duration, long packets) {
      this.settings = settings;
      this.duration = duration;
      this.packets = packets;
    }

    @Override
    public Object write(OutputStream out, BooleanSupplier wanted) throws IOException {
      return new Capture(settings, localPort, InstantSource.system(), System::nanoTime)
          .write(out, engine, duration, packets, wanted);
    }

    @Override
    public void close() {
      free.release();
    }
  }
}
