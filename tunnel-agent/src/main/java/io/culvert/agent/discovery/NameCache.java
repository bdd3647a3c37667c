package io.culvert.agent.discovery;

import io.culvert.agent.discovery.NameLookup.Answer;
import io.culvert.agent.discovery.NameLookup.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers by question, for their time to live within bounds. Asks all that is missing at once, and
 * does not wait for the slowest: what comes late is there the next time. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305#section-3">RFC 8305, section 3</a>
 */
final class NameCache {
  /** An answer is believed at least this long, whatever it says: attempts may follow quickly. */
  static final Duration SHORTEST = Duration.ofSeconds(5);

  /** And at most this long, so that servers which enter the zone are found. */
  static final Duration LONGEST = Duration.ofMinutes(10);

  /** While no resolver answers, old answers serve this long (RFC 8767, section 5). */
  static final Duration STALE = Duration.ofDays(1);

  /** How long the others are awaited when one question has addresses: the Resolution Delay. */
  static final Duration RESOLUTION_DELAY = Duration.ofMillis(50);

  /** How long an answer is awaited where an old one would do (RFC 8767, section 5: 1.8 s). */
  static final Duration PATIENCE_WITH_STALE = Duration.ofMillis(1800);

  static final Duration PATIENCE = Duration.ofSeconds(6);

  /** What is known of one question. Guarded by the cache. */
  private static final class Entry {
    private @Nullable Answer answer;
    private long answeredNanos;
    private long expiresNanos;
    private boolean asking;
    private String problem = "";
  }

  private final NameLookup lookup;
  private final Executor threads;
  private final LongSupplier nanoClock;
  private final Map<Question, Entry> entries = new HashMap<>();

  /**
   * Knows nothing yet.
   *
   * @param threads on which the lookup may block
   * @param nanoClock monotonic, as {@link System#nanoTime()}
   */
  NameCache(NameLookup lookup, Executor threads, LongSupplier nanoClock) {
    this.lookup = lookup;
    this.threads = threads;
    this.nanoClock = nanoClock;
  }

  /**
   * The addresses of all questions that have some; blocks while nothing is known and answers are
   * under way.
   *
   * @throws InterruptedException if the caller is not interested any more
   */
  synchronized Map<Question, List<InetAddress>> addresses(List<Question> questions)
      throws InterruptedException {
    questions.forEach(this::askUnlessFresh);
    await(questions, has(questions) ? PATIENCE_WITH_STALE : PATIENCE, true);
    await(questions, RESOLUTION_DELAY, false);
    Map<Question, List<InetAddress>> found = new LinkedHashMap<>();
    for (Question question : questions) {
      List<InetAddress> addresses = usable(entry(question));
      if (!addresses.isEmpty()) {
        found.put(question, addresses);
      }
    }
    return found;
  }

  /** Why questions have no answer now, for people; without repetitions. */
  synchronized List<String> problems(List<Question> questions) {
    return questions.stream()
        .map(question -> entry(question).problem)
        .filter(problem -> !problem.isEmpty())
        .distinct()
        .toList();
  }

  /** What was answered led nowhere: it is asked for again, but for the newest answers. */
  synchronized void distrust(List<Question> questions) {
    for (Question question : questions) {
      Entry entry = entry(question);
      entry.expiresNanos = earlier(entry.expiresNanos, entry.answeredNanos + SHORTEST.toNanos());
    }
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }

  private Entry entry(Question question) {
    return entries.computeIfAbsent(question, any -> new Entry());
  }

  private void askUnlessFresh(Question question) {
    Entry entry = entry(question);
    boolean fresh = entry.answer != null && nanoClock.getAsLong() - entry.expiresNanos < 0;
    if (!fresh && !entry.asking) {
      entry.asking = true;
      threads.execute(() -> ask(question));
    }
  }

  private void ask(Question question) {
    Answer answer = null;
    String problem = "";
    try {
      answer = lookup.ask(question);
    } catch (IOException | RuntimeException e) {
      problem = String.valueOf(e.getMessage());
    }
    synchronized (this) {
      Entry entry = entry(question);
      entry.asking = false;
      entry.problem = problem;
      if (answer != null) {
        long now = nanoClock.getAsLong();
        entry.answer = answer;
        entry.answeredNanos = now;
        entry.expiresNanos = now + bounded(answer).toNanos();
      }
      notifyAll();
    }
  }

  /** That a name has nothing is soon asked again: somebody may be adding it. */
  private static Duration bounded(Answer answer) {
    if (answer.addresses().isEmpty() || answer.timeToLive().compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return answer.timeToLive().compareTo(LONGEST) > 0 ? LONGEST : answer.timeToLive();
  }

  private List<InetAddress> usable(Entry entry) {
    return entry.answer != null && nanoClock.getAsLong() - entry.expiresNanos - STALE.toNanos() < 0
        ? entry.answer.addresses()
        : List.of();
  }

  private boolean has(List<Question> questions) {
    return questions.stream().anyMatch(question -> !usable(entry(question)).isEmpty());
  }

  /** Whether a question that is not being asked has addresses. */
  private boolean hasSettled(List<Question> questions) {
    List<Question> settled = new ArrayList<>(questions);
    settled.removeIf(question -> entry(question).asking);
    return has(settled);
  }

  /** Until all are answered, or, if that will do, one with addresses. Waits in real time. */
  private void await(List<Question> questions, Duration patience, boolean oneWillDo)
      throws InterruptedException {
    long endNanos = System.nanoTime() + patience.toNanos();
    while (questions.stream().anyMatch(question -> entry(question).asking)
        && !(oneWillDo && hasSettled(questions))) {
      long left = endNanos - System.nanoTime();
      if (left <= 0) {
        return;
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
  }
}
