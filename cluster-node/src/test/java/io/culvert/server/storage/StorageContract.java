package io.culvert.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.organization.OrganizationProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every storage must do, with a server's own settings of the actor system. */
abstract class StorageContract {
  private static final int PROGRAMS = 4;

  /** A place that nothing was stored in, which several programs may use at once. */
  abstract StorageSettings fresh() throws Exception;

  @Test
  void keepsTheModelsEventsOverARestart() throws Exception {
    StorageSettings settings = fresh();
    OrganizationProtocol.Reply before;
    try (Program program = Program.start(settings)) {
      var acme = program.organization("acme");
      program.ask(
          acme, replyTo -> new OrganizationProtocol.CreateOrganization("1", "Acme Ltd.", replyTo));
      program.ask(
          acme,
          replyTo -> new OrganizationProtocol.RegisterVpn("2", "office", null, null, replyTo));
      program.ask(
          acme,
          replyTo -> new OrganizationProtocol.SetAdministrator("3", "ann", "$argon2", replyTo));
      before = program.ask(acme, OrganizationProtocol.ReadOrganization::new);
    }
    try (Program program = Program.start(settings)) {
      assertThat(
              program.ask(program.organization("acme"), OrganizationProtocol.ReadOrganization::new))
          .isEqualTo(before)
          .isInstanceOf(OrganizationProtocol.CurrentState.class);
    }
  }

  @Test
  void recoversFromTheLastSnapshot() throws Exception {
    StorageSettings settings = fresh();
    int events = 2 * Tally.SNAPSHOT_EVERY + 40;
    try (Program program = Program.start(settings)) {
      var tally = program.tally("tally");
      IntStream.range(0, events).forEach(number -> program.add(tally, number));
    }
    try (Program program = Program.start(settings)) {
      Tally.Contents contents = program.read(program.tally("tally"));

      assertThat(contents.numbers()).containsExactlyElementsOf(numbers(events));
      // The snapshot may have been under way when the first program ended; the one before was not.
      assertThat(contents.replayedEvents()).isBetween(1, Tally.SNAPSHOT_EVERY + 40);
    }
  }

  @Test
  void keepsALargeEvent() throws Exception {
    StorageSettings settings = fresh();
    try (Program program = Program.start(settings)) {
      assertThat(
              program
                  .add(program.tally("large"), 1, "x".repeat(400_000), Program.LIMIT)
                  .toCompletableFuture()
                  .get(Program.LIMIT.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(1);
    }
    try (Program program = Program.start(settings)) {
      assertThat(program.read(program.tally("large")).numbers()).containsExactly(1);
    }
  }

  /** As the largest import does. */
  @Test
  void keepsAThousandEventsOfOneWrite() throws Exception {
    StorageSettings settings = fresh();
    List<String> names =
        IntStream.range(0, OrganizationProtocol.RegisterNodes.MOST)
            .mapToObj(i -> "n".repeat(59) + "%04d".formatted(i))
            .toList();
    try (Program program = Program.start(settings)) {
      var acme = program.organization("acme");
      program.ask(
          acme, replyTo -> new OrganizationProtocol.CreateOrganization("1", "Acme Ltd.", replyTo));
      assertThat(
              program.ask(
                  acme,
                  replyTo ->
                      new OrganizationProtocol.RegisterNodes("r".repeat(153), names, replyTo)))
          .isEqualTo(new OrganizationProtocol.Changed(1 + names.size()));
    }
    try (Program program = Program.start(settings)) {
      assertThat(
              program.ask(program.organization("acme"), OrganizationProtocol.ReadOrganization::new))
          .isInstanceOfSatisfying(
              OrganizationProtocol.CurrentState.class,
              state -> assertThat(state.nodes()).containsExactlyInAnyOrderElementsOf(names));
    }
  }

  @Test
  void severalProgramsMakeTheSchemaAtOnce() throws Exception {
    StorageSettings settings = fresh();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> starting = new ArrayList<>();
      for (int i = 0; i < PROGRAMS; i++) {
        String id = "tally" + i;
        starting.add(threads.submit(() -> write(settings, id)));
      }
      for (Future<?> started : starting) {
        started.get(Program.LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }

    try (Program program = Program.start(settings)) {
      for (int i = 0; i < PROGRAMS; i++) {
        assertThat(program.read(program.tally("tally" + i)).numbers()).containsExactly(7);
      }
    }
  }

  private static void write(StorageSettings settings, String id) {
    try (Program program = Program.start(settings)) {
      program.add(program.tally(id), 7);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * As after a partition that the cluster's downing has misjudged: both have the entity, and
   * whoever is told that its write is kept must find it in the end.
   */
  @Test
  void refusesTheSecondWriterOfAnEntity() throws Exception {
    StorageSettings settings = fresh();
    Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    AtomicInteger refused = new AtomicInteger();
    try (Program first = Program.start(settings);
        Program second = Program.start(settings)) {
      var atFirst = first.tally("shared");
      var atSecond = second.tally("shared");
      first.read(atFirst);
      second.read(atSecond);
      for (int round = 0; round < 5; round++) {
        var one = first.add(atFirst, 2 * round, "", Duration.ofSeconds(2));
        var other = second.add(atSecond, 2 * round + 1, "", Duration.ofSeconds(2));
        note(one.toCompletableFuture(), acknowledged, refused);
        note(other.toCompletableFuture(), acknowledged, refused);
      }
    }
    try (Program program = Program.start(settings)) {
      assertThat(program.read(program.tally("shared")).numbers()).containsAll(acknowledged);
    }
    assertThat(acknowledged).isNotEmpty();
    assertThat(refused.get()).isPositive();
  }

  private static void note(
      CompletableFuture<Integer> answer, Set<Integer> acknowledged, AtomicInteger refused) {
    try {
      acknowledged.add(answer.join());
    } catch (CompletionException unanswered) {
      refused.incrementAndGet();
    }
  }

  private static Set<Integer> numbers(int count) {
    return new TreeSet<>(IntStream.range(0, count).boxed().toList());
  }
}
