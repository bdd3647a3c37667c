package io.culvert.server.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.ServerFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A stream to an agent that keeps what is sent, and is ready as long as the test says so. */
final class RecordingStream implements AgentStream {
  private static final int STEP_SECONDS = 20;

  /** How a stream ended. */
  enum Kind {
    COMPLETED,
    FAILED,
    UNAVAILABLE
  }

  record End(Kind kind, String reason) {}

  private final LinkedBlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();

  /** Apart from the other frames, since they come at any time. */
  private final LinkedBlockingQueue<ByteString> tickets = new LinkedBlockingQueue<>();

  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean ready = true;
  private volatile boolean broken;
  private volatile boolean logonOver;

  boolean isLogonOver() {
    return logonOver;
  }

  void setReady(boolean ready) {
    this.ready = ready;
  }

  /** From now on every frame throws. */
  void breakDown() {
    broken = true;
  }

  /** The next frame. */
  ServerFrame next() {
    try {
      ServerFrame frame = frames.poll(STEP_SECONDS, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame; the stream's end: " + end.getNow(null));
      }
      return frame;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The next cue; views of VPNs come at any time, so those before it are passed over. */
  Cue nextCue() {
    return Stream.generate(this::next)
        .filter(ServerFrame::hasCue)
        .findFirst()
        .orElseThrow()
        .getCue();
  }

  /** The next ticket. */
  ByteString nextTicket() {
    try {
      ByteString ticket = tickets.poll(STEP_SECONDS, TimeUnit.SECONDS);
      if (ticket == null) {
        throw new AssertionError("no ticket; the stream's end: " + end.getNow(null));
      }
      return ticket;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Tickets that came and were not read. */
  int ticketsWaiting() {
    return tickets.size();
  }

  /** How it ends. */
  End end() {
    return end.orTimeout(STEP_SECONDS, TimeUnit.SECONDS).join();
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** Frames that came and were not read by {@link #next}. */
  int waiting() {
    return frames.size();
  }

  int requests() {
    return requests.get();
  }

  @Override
  public void logonOver() {
    logonOver = true;
  }

  @Override
  public boolean isReady() {
    return ready && !end.isDone();
  }

  @Override
  public void send(ByteString frame) {
    if (broken) {
      throw new IllegalStateException("broken by the test");
    }
    if (!end.isDone()) {
      try {
        ServerFrame parsed = ServerFrame.parseFrom(frame);
        if (parsed.hasTicket()) {
          tickets.add(parsed.getTicket().getTicket());
        } else {
          frames.add(parsed);
        }
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void requestNext() {
    requests.incrementAndGet();
  }

  @Override
  public void complete() {
    end.complete(new End(Kind.COMPLETED, ""));
  }

  @Override
  public void fail(String reason) {
    end.complete(new End(Kind.FAILED, reason));
  }

  @Override
  public void unavailable(String reason) {
    end.complete(new End(Kind.UNAVAILABLE, reason));
  }
}
