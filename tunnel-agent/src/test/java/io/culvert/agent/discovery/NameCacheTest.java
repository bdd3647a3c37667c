package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.discovery.NameLookup.Answer;
import io.culvert.agent.discovery.NameLookup.Family;
import io.culvert.agent.discovery.NameLookup.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** With a clock moved by hand, and questions that are answered at once unless a test holds them. */
class NameCacheTest {
  private static final Question A = new Question("vpn.example", Family.IPV4);
  private static final Question AAAA = new Question("vpn.example", Family.IPV6);

  private final List<Question> asked = new ArrayList<>();
  private final Queue<Runnable> held = new ArrayDeque<>();
  private final NameCache cache = new NameCache(this::ask, this::run, () -> this.nowNanos);
  private long nowNanos = Long.MAX_VALUE - 5;
  private Answer ofA = new Answer(List.of(Addresses.ipv4(1)), Duration.ofSeconds(60));
  private final Answer ofAaaa = new Answer(List.of(Addresses.ipv6(1)), Duration.ofSeconds(60));
  private boolean silent;
  private boolean holdsSecond;

  private Answer ask(Question question) throws IOException {
    asked.add(question);
    if (silent) {
      throw new IOException("no resolver answers");
    }
    return question.equals(A) ? ofA : ofAaaa;
  }

  /** Asks at once, or keeps the second question for later. */
  private void run(Runnable task) {
    if (holdsSecond && asked.size() == 1) {
      held.add(task);
    } else {
      task.run();
    }
  }

  private Map<Question, List<InetAddress>> addresses(Question... questions)
      throws InterruptedException {
    asked.clear();
    return cache.addresses(List.of(questions));
  }

  private void after(Duration time) {
    nowNanos += time.toNanos();
  }

  @Test
  void asksForBothFamilies() throws InterruptedException {
    assertThat(addresses(AAAA, A))
        .isEqualTo(Map.of(A, List.of(Addresses.ipv4(1)), AAAA, List.of(Addresses.ipv6(1))));
    assertThat(asked).containsExactly(AAAA, A);
  }

  @Test
  void asksAgainWhenTheTimeToLiveIsOver() throws InterruptedException {
    addresses(A);
    after(Duration.ofSeconds(60).minusNanos(1));
    addresses(A);
    assertThat(asked).isEmpty();
    after(Duration.ofNanos(1));
    ofA = new Answer(List.of(Addresses.ipv4(2)), Duration.ofSeconds(60));
    assertThat(addresses(A)).containsEntry(A, List.of(Addresses.ipv4(2)));
    assertThat(asked).containsExactly(A);
  }

  @Test
  void boundsTheTimeToLive() throws InterruptedException {
    ofA = new Answer(List.of(Addresses.ipv4(1)), Duration.ZERO);
    addresses(A);
    after(NameCache.SHORTEST.minusNanos(1));
    addresses(A);
    assertThat(asked).isEmpty();
    after(Duration.ofNanos(1));
    ofA = new Answer(List.of(Addresses.ipv4(1)), Duration.ofDays(7));
    addresses(A);
    assertThat(asked).hasSize(1);
    after(NameCache.LONGEST);
    addresses(A);
    assertThat(asked).hasSize(1);
  }

  @Test
  void believesThatANameHasNothingForAShortTimeOnly() throws InterruptedException {
    ofA = new Answer(List.of(), Duration.ofDays(1));
    assertThat(addresses(A)).isEmpty();
    addresses(A);
    assertThat(asked).isEmpty();
    after(NameCache.SHORTEST);
    addresses(A);
    assertThat(asked).hasSize(1);
  }

  @Test
  void usesOldAnswersWhileNobodyAnswers() throws InterruptedException {
    addresses(A);
    silent = true;
    after(Duration.ofHours(20));
    assertThat(addresses(A)).containsEntry(A, List.of(Addresses.ipv4(1)));
    assertThat(asked).hasSize(1);
    assertThat(cache.problems(List.of(A))).containsExactly("no resolver answers");
    after(NameCache.STALE);
    assertThat(addresses(A)).isEmpty();
  }

  @Test
  void takesTheWordOfTheZoneThatANameIsGone() throws InterruptedException {
    addresses(A);
    after(Duration.ofSeconds(60));
    ofA = new Answer(List.of(), Duration.ZERO);
    assertThat(addresses(A)).isEmpty();
  }

  @Test
  void asksAgainForWhatLedNowhereButNotAtOnce() throws InterruptedException {
    addresses(A);
    cache.distrust(List.of(A));
    addresses(A);
    assertThat(asked).isEmpty();
    after(NameCache.SHORTEST);
    addresses(A);
    assertThat(asked).containsExactly(A);
  }

  @Test
  void doesNotWaitForTheSlowFamilyAndHasItTheNextTime() throws InterruptedException {
    holdsSecond = true;
    assertThat(addresses(AAAA, A)).containsOnlyKeys(AAAA);
    held.remove().run();
    assertThat(addresses(AAAA, A)).containsOnlyKeys(AAAA, A);
    assertThat(asked).isEmpty();
  }
}
