package io.culvert.agent.capture;

import io.culvert.agent.transport.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One capture, from the tap's opening to the last byte of the file. Owned by the thread that calls
 * {@link #write}.
 */
public final class Capture {
  private static final int NONE = -1;

  /** How long packets wait at most for the writer to look; a ring holds more than that. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(5);

  private static final int MAX_BURST = 1024;

  private final CaptureSettings settings;
  private final CaptureTap tap;
  private final LocalSide localSide;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final OuterHeader header = new OuterHeader();
  private final int innerId;
  private final int outerId;
  private long innerCaptured;
  private long outerCaptured;
  private long epochMinusNanos;

  /**
   * What was captured, when it has ended.
   *
   * @param inner packets in the file
   * @param outer datagrams in the file
   * @param droppedInner packets that were selected but did not fit, because the file was written
   *     too slowly
   * @param droppedOuter datagrams likewise
   */
  public record Summary(long inner, long outer, long droppedInner, long droppedOuter) {}

  /**
   * A capture that has not begun.
   *
   * @param localPort of the engine's socket
   * @param nanoClock the engine's
   */
  public Capture(
      CaptureSettings settings, int localPort, InstantSource clock, LongSupplier nanoClock) {
    this.settings = settings;
    this.clock = clock;
    this.nanoClock = nanoClock;
    tap = CaptureTap.of(settings);
    localSide = new LocalSide(localPort);
    innerId = settings.inner() ? 0 : NONE;
    outerId = settings.outer() ? innerId + 1 : NONE;
  }

  /**
   * Captures into {@code out} as pcapng, which stays open. Blocks.
   *
   * @param engine takes the tap, and null when it ends; returns when the workers have followed
   * @param duration the longest
   * @param maxPackets the most, inner and outer together
   * @param wanted false ends the capture in order
   * @throws IOException if {@code out} fails; the tap is closed then
   */
  public Summary write(
      OutputStream out,
      Consumer<@Nullable CaptureTap> engine,
      Duration duration,
      long maxPackets,
      BooleanSupplier wanted)
      throws IOException {
    PcapngWriter file = new PcapngWriter(out);
    begin(file);
    long startNanos = nanoClock.getAsLong();
    epochMinusNanos = epochNanos(clock.instant()) - startNanos;
    out.flush();
    engine.accept(tap);
    try {
      while (wanted.getAsBoolean()
          && nanoClock.getAsLong() - startNanos < duration.toNanos()
          && captured() < maxPackets) {
        if (drain(file, maxPackets) > 0) {
          out.flush();
        } else {
          LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
        }
      }
    } finally {
      engine.accept(null);
    }
    while (drain(file, maxPackets) > 0) {
      // What the workers had put there before they let go.
    }
    end(file, startNanos);
    out.flush();
    return new Summary(innerCaptured, outerCaptured, droppedInner(), droppedOuter());
  }

  private void begin(PcapngWriter file) throws IOException {
    file.section("culvert agent capture");
    if (settings.inner()) {
      file.interfaceDescription(
          "inner", "Packets in the tunnels, in the clear", settings.snapBytes());
    }
    if (settings.outer()) {
      file.interfaceDescription(
          "outer",
          "Datagrams of the tunnels; their IP and UDP headers are made by the capture",
          settings.snapBytes() + OuterHeader.MAX_BYTES);
    }
  }

  private void end(PcapngWriter file, long startNanos) throws IOException {
    long start = epochMinusNanos + startNanos;
    long now = epochMinusNanos + nanoClock.getAsLong();
    if (settings.inner()) {
      file.statistics(innerId, start, now, innerCaptured + droppedInner(), droppedInner());
    }
    if (settings.outer()) {
      file.statistics(outerId, start, now, outerCaptured + droppedOuter(), droppedOuter());
    }
  }

  private long droppedInner() {
    return tap.outbound().droppedInner() + tap.inbound().droppedInner();
  }

  private long droppedOuter() {
    return tap.outbound().droppedOuter() + tap.inbound().droppedOuter();
  }

  private long captured() {
    return innerCaptured + outerCaptured;
  }

  /** Writes what is there, the older first; returns how many. */
  private int drain(PcapngWriter file, long maxPackets) throws IOException {
    int written = 0;
    while (written < MAX_BURST && captured() < maxPackets) {
      CapturedPacket sent = tap.outbound().peek();
      CapturedPacket received = tap.inbound().peek();
      if (sent == null && received == null) {
        break;
      }
      boolean inbound = sent == null || (received != null && received.nanos - sent.nanos < 0);
      CaptureRing ring = inbound ? tap.inbound() : tap.outbound();
      CapturedPacket packet = inbound ? received : sent;
      if (packet != null) {
        write(file, packet, inbound);
        ring.pop();
      }
      written++;
    }
    return written;
  }

  private void write(PcapngWriter file, CapturedPacket packet, boolean inbound) throws IOException {
    int headerBytes = 0;
    if (packet.outer) {
      Endpoint remote = new Endpoint(packet.high, packet.low, packet.port);
      Endpoint local = localSide.facing(remote);
      headerBytes =
          header.write(
              inbound ? remote : local,
              inbound ? local : remote,
              packet.data,
              packet.offset,
              packet.capturedBytes,
              packet.originalBytes);
      outerCaptured++;
    } else {
      innerCaptured++;
    }
    file.packet(
        packet.outer ? outerId : innerId,
        epochMinusNanos + packet.nanos,
        header.bytes(),
        headerBytes,
        packet.data,
        packet.offset,
        packet.capturedBytes,
        headerBytes + packet.originalBytes,
        inbound,
        packet.comment());
  }

  private static long epochNanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
