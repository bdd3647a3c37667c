package io.culvert.agent.discovery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/**
 * Resolves as this computer is configured to: literal addresses, the hosts file, then the resolvers
 * and search path of the system through dnsjava, which tells the times to live. A name that DNS
 * does not have may still be known to the system alone (multicast DNS, modules of the name service
 * switch), so the system is asked last.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6761#section-6">RFC 6761, section 6</a>:
 *     localhost and invalid are never asked for
 */
final class SystemLookup implements NameLookup {
  private static final Duration QUERY_PATIENCE = Duration.ofMillis(1500);
  private static final int TRIES = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** What has no time to live of its own is asked for again soon: at the cache's lower bound. */
  private static final Duration UNTOLD = Duration.ZERO;

  /** Literal addresses do not change. */
  private static final Duration FOR_EVER = Duration.ofDays(1);

  @Override
  public Answer ask(Question question) throws IOException {
    InetAddress literal = literal(question.host());
    if (literal != null) {
      return only(question.family(), FOR_EVER, Stream.of(literal));
    }
    String name = question.host().toLowerCase(Locale.ROOT).replaceAll("[.]$", "");
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return only(
          question.family(),
          FOR_EVER,
          Stream.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")));
    }
    if (name.endsWith(".invalid")) {
      return new Answer(List.of(), FOR_EVER);
    }
    Answer answer = askDns(question);
    return answer.addresses().isEmpty() ? askSystem(question) : answer;
  }

  private static Answer askDns(Question question) throws IOException {
    try {
      return answer(
          session()
              .lookupAsync(
                  Name.fromString(question.host()),
                  question.family() == Family.IPV4 ? Type.A : Type.AAAA)
              .toCompletableFuture()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .getRecords());
    } catch (TextParseException notAName) {
      return new Answer(List.of(), UNTOLD);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoSuchDomainException
          || e.getCause() instanceof NoSuchRRSetException) {
        return new Answer(List.of(), UNTOLD);
      }
      throw unanswered(question, e);
    } catch (TimeoutException e) {
      throw unanswered(question, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** The computer may be in another network now: its resolvers are read anew for the next one. */
  private static IOException unanswered(Question question, Throwable cause) {
    List<InetSocketAddress> asked = ResolverConfig.getCurrentConfig().servers();
    ResolverConfig.refresh();
    return new IOException(
        "no resolver answers for %s: %s".formatted(question.host(), asked), cause);
  }

  private static LookupSession session() {
    List<Resolver> resolvers =
        ResolverConfig.getCurrentConfig().servers().stream().map(SystemLookup::resolver).toList();
    ExtendedResolver all = new ExtendedResolver(resolvers);
    all.setRetries(TRIES);
    all.setTimeout(PATIENCE);
    return LookupSession.defaultBuilder().resolver(all).clearCaches().build();
  }

  private static Resolver resolver(InetSocketAddress address) {
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(QUERY_PATIENCE);
    return resolver;
  }

  /**
   * The records of a set have one time to live (RFC 2181, section 5.2); if not, the least counts.
   */
  private static Answer answer(List<Record> records) {
    return new Answer(
        records.stream().flatMap(SystemLookup::address).toList(),
        Duration.ofSeconds(records.stream().mapToLong(Record::getTTL).min().orElse(0)));
  }

  private static Stream<InetAddress> address(Record record) {
    return switch (record) {
      case ARecord a -> Stream.of(a.getAddress());
      case AAAARecord aaaa -> Stream.of(aaaa.getAddress());
      default -> Stream.empty();
    };
  }

  private static Answer askSystem(Question question) {
    try {
      return only(question.family(), UNTOLD, Stream.of(InetAddress.getAllByName(question.host())));
    } catch (UnknownHostException unknownThereToo) {
      return new Answer(List.of(), UNTOLD);
    }
  }

  private static Answer only(Family family, Duration timeToLive, Stream<InetAddress> addresses) {
    return new Answer(
        addresses
            .filter(address -> address instanceof Inet4Address == (family == Family.IPV4))
            .toList(),
        timeToLive);
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException aName) {
      return null;
    }
  }
}
