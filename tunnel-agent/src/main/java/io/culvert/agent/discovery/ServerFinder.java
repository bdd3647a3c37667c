package io.culvert.agent.discovery;

import io.culvert.agent.discovery.NameLookup.Family;
import io.culvert.agent.discovery.NameLookup.Question;
import io.culvert.agent.discovery.ServerAddresses.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server that accepts a connection now, among all addresses of all names. It keeps what it
 * learns: answers by their time to live, and which addresses failed. Thread-safe; {@link #find}
 * blocks.
 */
public final class ServerFinder {
  /**
   * How a search ended.
   *
   * @see Found
   * @see Nothing
   */
  public sealed interface Search {
    /** Which addresses failed, and why, for people. */
    Map<Target, String> failures();
  }

  /**
   * A server accepts connections.
   *
   * @param connection to it, connected and non-blocking: whoever searched closes it
   * @param others how many addresses are left for another search
   */
  public record Found(
      Target target, SocketChannel connection, int others, Map<Target, String> failures)
      implements Search {}

  /**
   * None does.
   *
   * @param reason for people
   */
  public record Nothing(String reason, Map<Target, String> failures) implements Search {}

  private final NameCache names;
  private final FailedAddresses failed = new FailedAddresses();
  private final LongSupplier nanoClock;
  private final RandomGenerator random;

  ServerFinder(
      NameLookup lookup, Executor threads, LongSupplier nanoClock, RandomGenerator random) {
    this.names = new NameCache(lookup, threads, nanoClock);
    this.nanoClock = nanoClock;
    this.random = random;
  }

  /** One that resolves as this computer does. */
  public static ServerFinder ofSystem() {
    // The system's own resolver blocks in native code: no work for virtual threads.
    Executor threads = Thread.ofPlatform().daemon().name("culvert-resolve-", 0)::start;
    return new ServerFinder(
        new SystemLookup(), threads, System::nanoTime, RandomGenerator.getDefault());
  }

  /**
   * Searches once: resolves what is not known, and lets the addresses race.
   *
   * @param servers {@code host:port} each
   * @param except addresses that were tried, and shall not be tried again now
   * @throws InterruptedException if the caller is not interested any more
   */
  public Search find(List<String> servers, Set<Target> except) throws InterruptedException {
    Set<Target> known = resolve(servers);
    if (known.isEmpty()) {
      return new Nothing(unresolved(servers), Map.of());
    }
    List<Target> order = order(known, except);
    try {
      ConnectionRace.Outcome outcome = ConnectionRace.run(order, nanoClock);
      outcome.failures().keySet().forEach(this::failed);
      outcome.overtaken().forEach(this::failed);
      Target winner = outcome.winner();
      SocketChannel connection = outcome.connection();
      return winner == null || connection == null
          ? new Nothing(refusals(outcome.failures()), outcome.failures())
          : new Found(
              winner, connection, order.size() - outcome.failures().size() - 1, outcome.failures());
    } catch (IOException e) {
      return new Nothing("cannot open a socket: " + e.getMessage(), Map.of());
    }
  }

  private Set<Target> resolve(List<String> servers) throws InterruptedException {
    Map<Question, List<InetAddress>> found = names.addresses(questions(servers));
    Set<Target> targets = new LinkedHashSet<>();
    for (String server : servers) {
      InetSocketAddress parsed = ServerAddresses.parse(server);
      InetAddress literal = literal(parsed.getHostString());
      if (literal != null) {
        targets.add(
            new Target(parsed.getHostString(), new InetSocketAddress(literal, parsed.getPort())));
      }
      for (Question question : questions(List.of(server))) {
        for (InetAddress address : found.getOrDefault(question, List.of())) {
          targets.add(
              new Target(question.host(), new InetSocketAddress(address, parsed.getPort())));
        }
      }
    }
    return targets;
  }

  /** Of names only: a literal address needs neither a question nor a thread. */
  private static List<Question> questions(List<String> servers) {
    Set<Question> questions = new LinkedHashSet<>();
    for (String server : servers) {
      String host = ServerAddresses.parse(server).getHostString();
      if (literal(host) == null) {
        questions.add(new Question(host, Family.IPV6));
        questions.add(new Question(host, Family.IPV4));
      }
    }
    return List.copyOf(questions);
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException aName) {
      return null;
    }
  }

  private synchronized List<Target> order(Set<Target> known, Set<Target> except) {
    List<Target> left = new ArrayList<>(known);
    left.removeAll(except);
    long now = nanoClock.getAsLong();
    return AddressOrder.of(left, target -> failed.failures(target.address(), now), random);
  }

  private String unresolved(List<String> servers) {
    List<String> problems = names.problems(questions(servers));
    return "no server's name can be resolved: %s%s"
        .formatted(servers, problems.isEmpty() ? "" : "; " + String.join("; ", problems));
  }

  private static String refusals(Map<Target, String> failures) {
    return failures.isEmpty()
        ? "no other server is known"
        : failures.entrySet().stream()
            .map(failure -> failure.getKey() + ": " + failure.getValue())
            .collect(Collectors.joining("; ", "no server accepts connections: ", ""));
  }

  /** A server did not serve over its connection: it comes last for a while. */
  public synchronized void failed(Target target) {
    failed.failed(target.address(), nanoClock.getAsLong());
  }

  /** A server served: what it failed before is forgotten. */
  public synchronized void worked(Target target) {
    failed.worked(target.address());
  }

  /** What is known led nowhere, or may be out of date: names are resolved again. */
  public void lookAgain(List<String> servers) {
    names.distrust(questions(servers));
  }
}
