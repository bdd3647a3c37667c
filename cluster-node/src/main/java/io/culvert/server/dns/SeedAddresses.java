package io.culvert.server.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/**
 * The addresses that stand at the name of a cluster's seeds, in an order that is the same on all
 * servers. Resolves through the hosts file and the resolvers of this computer.
 */
public final class SeedAddresses {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** IPv4 before IPv6, and each by its bytes: resolvers rotate what they answer. */
  static final Comparator<InetAddress> ORDER =
      Comparator.comparingInt((InetAddress address) -> address.getAddress().length)
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  private SeedAddresses() {}

  /**
   * The A and AAAA records of a name, in order; never empty. Blocks for some seconds at most.
   *
   * @throws IOException if no resolver answers, or there is no such name; the message says which
   */
  public static List<InetAddress> of(String name) throws IOException, InterruptedException {
    List<InetAddress> addresses = new ArrayList<>();
    for (int type : new int[] {Type.A, Type.AAAA}) {
      ask(name, type).stream().map(SeedAddresses::address).forEach(addresses::add);
    }
    if (addresses.isEmpty()) {
      throw new IOException("the name of the seeds %s has no address".formatted(name));
    }
    return addresses.stream().distinct().sorted(ORDER).toList();
  }

  private static List<Record> ask(String name, int type) throws IOException, InterruptedException {
    LookupSession session = LookupSession.defaultBuilder().clearCaches().build();
    try {
      return session
          .lookupAsync(Name.fromString(name, Name.root), type)
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .getRecords();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoSuchDomainException
          || e.getCause() instanceof NoSuchRRSetException) {
        return List.of();
      }
      throw unanswered(name, e.getCause());
    } catch (TimeoutException e) {
      throw unanswered(name, e);
    }
  }

  private static IOException unanswered(String name, @Nullable Throwable cause) {
    return new IOException(
        "no resolver answers for the name of the seeds %s".formatted(name), cause);
  }

  private static InetAddress address(Record record) {
    return switch (record) {
      case ARecord a -> a.getAddress();
      case AAAARecord aaaa -> aaaa.getAddress();
      default -> throw new IllegalStateException("not asked for: " + record);
    };
  }

  /** {@code host} of {@code host:port}: an IPv6 address stands in brackets. */
  public static String text(InetAddress address) {
    return address instanceof Inet4Address
        ? address.getHostAddress()
        : "[" + address.getHostAddress() + "]";
  }
}
