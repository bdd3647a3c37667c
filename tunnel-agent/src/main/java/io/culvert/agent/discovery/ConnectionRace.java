package io.culvert.agent.discovery;

import io.culvert.agent.discovery.ServerAddresses.Target;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first of some addresses that accepts a TCP connection, keeps that connection, and
 * closes all others. One thread, which blocks.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305#section-5">RFC 8305, section 5</a>
 */
final class ConnectionRace implements AutoCloseable {
  /**
   * How a race ended.
   *
   * @param winner null if all failed
   * @param connection the winner's, non-blocking and connected; the caller's to close
   * @param failures for people; in the order of failing
   * @param overtaken begun before the winner, and not connected yet when the winner was
   */
  record Outcome(
      @Nullable Target winner,
      @Nullable SocketChannel connection,
      Map<Target, String> failures,
      List<Target> overtaken) {}

  private final List<Target> targets;
  private final LongSupplier nanoClock;
  private final RaceSchedule schedule;
  private final Selector selector;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final Map<Target, String> failures = new LinkedHashMap<>();
  private int winner = -1;
  private boolean handedOver;

  private ConnectionRace(List<Target> targets, LongSupplier nanoClock) throws IOException {
    this.targets = targets;
    this.nanoClock = nanoClock;
    this.schedule = new RaceSchedule(targets.size(), nanoClock.getAsLong());
    this.selector = Selector.open();
  }

  /**
   * Runs a race; takes no longer than the last attempt's begin and patience.
   *
   * @param targets in the order in which they are tried
   * @throws InterruptedException if the caller is not interested any more
   * @throws IOException if this process can open no more sockets
   */
  static Outcome run(List<Target> targets, LongSupplier nanoClock)
      throws InterruptedException, IOException {
    try (ConnectionRace race = new ConnectionRace(targets, nanoClock)) {
      return race.run();
    }
  }

  private Outcome run() throws InterruptedException, IOException {
    while (winner < 0 && !schedule.isLost()) {
      beginDue();
      giveUpOverdue();
      if (winner < 0 && !schedule.isLost()) {
        awaitEvents();
      }
    }
    List<Target> overtaken = new ArrayList<>();
    for (int attempt = 0; attempt < winner; attempt++) {
      if (schedule.isRunning(attempt)) {
        overtaken.add(targets.get(attempt));
      }
    }
    if (winner < 0) {
      return new Outcome(null, null, failures, overtaken);
    }
    handedOver = true;
    return new Outcome(targets.get(winner), channels.get(winner), failures, overtaken);
  }

  private void beginDue() throws InterruptedException, IOException {
    OptionalInt due = schedule.begin(nanoClock.getAsLong());
    while (winner < 0 && due.isPresent()) {
      begin(due.getAsInt());
      due = schedule.begin(nanoClock.getAsLong());
    }
  }

  private void begin(int attempt) throws InterruptedException, IOException {
    SocketChannel channel = SocketChannel.open();
    channels.add(channel);
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, attempt);
    SocketAddress address = targets.get(attempt).address();
    settle(key, () -> channel.connect(address));
  }

  private void giveUpOverdue() throws IOException {
    for (OptionalInt late = schedule.overdue(nanoClock.getAsLong());
        late.isPresent();
        late = schedule.overdue(nanoClock.getAsLong())) {
      int attempt = late.getAsInt();
      failed(attempt, "no answer within %d s".formatted(RaceSchedule.ATTEMPT_PATIENCE.toSeconds()));
      channels.get(attempt).close();
    }
  }

  private void awaitEvents() throws InterruptedException, IOException {
    long idle = schedule.idleNanos(nanoClock.getAsLong());
    if (idle > 0) {
      selector.select(Math.max(1, Duration.ofNanos(idle).toMillis()));
    }
    if (Thread.interrupted()) {
      throw givenUp();
    }
    for (SelectionKey key : selector.selectedKeys()) {
      if (winner < 0) {
        settle(key, ((SocketChannel) key.channel())::finishConnect);
      }
    }
    selector.selectedKeys().clear();
  }

  private static InterruptedException givenUp() {
    return new InterruptedException("the search was given up");
  }

  private interface Step {
    /** Whether it is connected. */
    boolean take() throws IOException;
  }

  private void settle(SelectionKey key, Step step) throws InterruptedException {
    int attempt = (Integer) Objects.requireNonNull(key.attachment());
    try {
      if (step.take()) {
        winner = attempt;
      }
    } catch (ClosedByInterruptException e) {
      throw givenUp();
    } catch (IOException | UnsupportedAddressTypeException e) {
      key.cancel();
      failed(attempt, String.valueOf(e.getMessage()));
    }
  }

  private void failed(int attempt, String reason) {
    failures.put(targets.get(attempt), reason);
    schedule.failed(attempt, nanoClock.getAsLong());
  }

  /** Closes every socket but the one that was handed over. */
  @Override
  public void close() throws IOException {
    for (int attempt = 0; attempt < channels.size(); attempt++) {
      if (!handedOver || attempt != winner) {
        channels.get(attempt).close();
      }
    }
    selector.close();
  }
}
