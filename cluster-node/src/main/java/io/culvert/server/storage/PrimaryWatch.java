package io.culvert.server.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all database servers twice a second what they are, and tells what follows: which is the
 * primary, or why there is none. One thread does all of it, but for the questions.
 */
final class PrimaryWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrimaryWatch.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** Whoever has not answered by then is taken for dead until it does. */
  private static final Duration LONGEST_ANSWER = Duration.ofMillis(1500);

  private final List<HostProbe> probes;
  private final TimelineNote timeline;
  private final Consumer<PrimaryChoice> listener;
  private final ExecutorService questions = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("culvert-database-watch").daemon().factory());

  /**
   * A watch that has not begun.
   *
   * @param listener called by the watch's thread with each round's result
   */
  PrimaryWatch(List<HostProbe> probes, TimelineNote timeline, Consumer<PrimaryChoice> listener) {
    this.probes = List.copyOf(probes);
    this.timeline = timeline;
    this.listener = listener;
  }

  void start() {
    var _ =
        rounds.scheduleWithFixedDelay(this::round, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      PrimaryChoice choice = PrimaryChoice.of(ask(), timeline.newest());
      if (choice instanceof PrimaryChoice.Chosen chosen) {
        timeline.raise(chosen.timeline());
      }
      listener.accept(choice);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // An exception would end the rounds for ever.
      LOG.error("the database could not be looked at", e);
      listener.accept(new PrimaryChoice.None(String.valueOf(e.getMessage())));
    }
  }

  /** All at once, so that one that hangs delays no other. */
  private List<HostReport> ask() throws InterruptedException {
    List<Callable<HostReport>> tasks = new ArrayList<>();
    probes.forEach(probe -> tasks.add(probe::report));
    List<Future<HostReport>> answers =
        questions.invokeAll(tasks, LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    List<HostReport> reports = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      reports.add(answer(probes.get(i), answers.get(i)));
    }
    return reports;
  }

  private static HostReport answer(HostProbe probe, Future<HostReport> answer)
      throws InterruptedException {
    try {
      return answer.get();
    } catch (CancellationException e) {
      probe.close();
      return new HostReport.Silent(probe.host(), "does not answer");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    rounds.shutdownNow();
    questions.shutdownNow();
    probes.forEach(HostProbe::close);
  }
}
