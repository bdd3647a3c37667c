package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two clients on one thread. */
@Timeout(30)
class ControlThreadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final ControlThread one = ControlThread.shared(executor);
  private final ControlThread other = ControlThread.shared(executor);

  /** Written and read on the control thread, and when that has ended. */
  private final List<String> done = new ArrayList<>();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private List<String> doneInTheEnd() throws InterruptedException {
    executor.shutdown();
    assertThat(executor.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return done;
  }

  @Test
  void doesNothingAfterItsLastWork() throws Exception {
    one.after(Duration.ofMillis(1), () -> done.add("planned before the end"));
    one.end(() -> done.add("last"), PATIENCE);
    done.remove("planned before the end");

    one.execute(() -> done.add("late"));
    one.after(Duration.ZERO, () -> done.add("later"));

    assertThat(doneInTheEnd()).containsExactly("last");
  }

  @Test
  void theEndOfOneClientIsNotTheOthers() throws Exception {
    CountDownLatch again = new CountDownLatch(2);
    other.repeat(Duration.ofMillis(1), again::countDown);
    one.repeat(Duration.ofMillis(1), () -> {});

    one.end(() -> done.add("last of one"), PATIENCE);
    other.execute(() -> done.add("other"));

    assertThat(again.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    other.end(() -> done.add("last of the other"), PATIENCE);
    assertThat(doneInTheEnd()).containsExactly("last of one", "other", "last of the other");
  }

  @Test
  void anOwnThreadEndsWithItsClient() {
    ControlThread own = ControlThread.own();
    Thread[] thread = new Thread[1];

    own.end(() -> thread[0] = Thread.currentThread(), PATIENCE);

    assertThat(thread[0].getName()).isEqualTo("culvert-control");
    own.execute(() -> done.add("late"));
    assertThat(done).isEmpty();
  }
}
