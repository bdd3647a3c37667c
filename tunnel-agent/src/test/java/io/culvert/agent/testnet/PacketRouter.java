package io.culvert.agent.testnet;

import io.culvert.agent.transport.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The outer network of a test. Registered with {@code @RegisterExtension}, it prints the last
 * datagrams and what became of them when a test fails.
 *
 * <pre>
 *   RoutedTransport --+                        +-- RoutedTransport
 *   198.18.1.1:4500   |    path (Weather)      |   198.18.2.1:4500
 *                     +------- router ---------+
 *   RoutedTransport --[Nat 198.18.9.1]         +-- ...
 *   10.1.0.2:4500
 * </pre>
 *
 * Any thread.
 */
public final class PacketRouter implements AfterTestExecutionCallback {
  private static final int TRACE_LINES = 400;

  private record PathKey(Endpoint source, Endpoint destination) {}

  private final long seed;
  private final Map<Endpoint, RoutedTransport> transports = new HashMap<>();
  private final Map<Endpoint, Nat> natByInternal = new HashMap<>();
  private final List<Nat> nats = new ArrayList<>();
  private final Map<PathKey, Path> paths = new HashMap<>();
  private final Map<PathKey, Weather> weatherByPath = new HashMap<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private Weather weather = Weather.FAIR;
  private long sequence;

  public PacketRouter(long seed) {
    this.seed = seed;
  }

  /** A transport with a public address. */
  public synchronized RoutedTransport transport(Endpoint endpoint, boolean segmentationOffload) {
    var transport = new RoutedTransport(this, endpoint, segmentationOffload);
    if (transports.putIfAbsent(endpoint, transport) != null) {
      throw new IllegalArgumentException(endpoint + " is in use");
    }
    return transport;
  }

  /** A transport behind a NAT device. */
  public synchronized RoutedTransport transportBehind(
      Nat nat, Endpoint internal, boolean segmentationOffload) {
    RoutedTransport transport = transport(internal, segmentationOffload);
    natByInternal.put(internal, nat);
    return transport;
  }

  /** A NAT device with one external address (4 or 16 bytes). */
  public synchronized Nat nat(byte[] externalAddress, Nat.Mapping mapping) {
    Nat nat = new Nat(externalAddress, mapping);
    nats.add(nat);
    return nat;
  }

  /** The weather on all paths that have none of their own. */
  public synchronized void weather(Weather everywhere) {
    weather = everywhere;
  }

  /** The weather from one endpoint to another, as the sender (after its NAT) names them. */
  public synchronized void weather(Endpoint source, Endpoint destination, Weather onPath) {
    weatherByPath.put(new PathKey(source, destination), onPath);
  }

  /** Moves every path on, so that what was held back arrives. */
  public synchronized void advance(int steps) {
    for (Path path : paths.values()) {
      path.advance(steps);
      path.due().forEach(this::arrive);
    }
  }

  /** The last datagrams, one a line: number, from, to, bytes, first bytes, fate. */
  public synchronized String trace() {
    return String.join(System.lineSeparator(), trace);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.printf("packets of %s, seed %d:%n%s%n", context.getDisplayName(), seed, trace());
    }
  }

  synchronized void send(Datagram datagram) {
    Nat nat = natByInternal.get(datagram.source());
    Datagram outside = nat == null ? datagram : nat.outbound(datagram);
    var key = new PathKey(outside.source(), outside.destination());
    Path path = paths.computeIfAbsent(key, k -> new Path(seed ^ stableHash(k)));
    String fate = path.enter(outside, weatherByPath.getOrDefault(key, weather));
    note(outside, fate);
    path.due().forEach(this::arrive);
  }

  synchronized void remove(Endpoint endpoint) {
    transports.remove(endpoint);
    natByInternal.remove(endpoint);
  }

  private void arrive(Datagram datagram) {
    Datagram inside = throughNat(datagram);
    RoutedTransport transport = inside == null ? null : transports.get(inside.destination());
    if (inside == null) {
      note(datagram, "refused by the NAT");
    } else if (transport == null || (inside == datagram && isPrivate(inside.destination()))) {
      note(datagram, "nobody there");
    } else if (!transport.arrive(inside)) {
      note(datagram, "receive queue full");
    }
  }

  private boolean isPrivate(Endpoint destination) {
    return natByInternal.containsKey(destination);
  }

  private @Nullable Datagram throughNat(Datagram datagram) {
    for (Nat nat : nats) {
      if (nat.owns(datagram.destination())) {
        return nat.inbound(datagram);
      }
    }
    return datagram;
  }

  private static long stableHash(PathKey key) {
    return 0x9E37_79B9_7F4A_7C15L * key.source().toString().hashCode()
        + key.destination().toString().hashCode();
  }

  private void note(Datagram datagram, String fate) {
    byte[] payload = datagram.payload();
    var head = new StringBuilder();
    for (int i = 0; i < Math.min(12, payload.length); i++) {
      head.append("%02x".formatted(payload[i]));
    }
    trace.add(
        "%6d  %s -> %s  %4d bytes  %s  %s"
            .formatted(
                sequence++, datagram.source(), datagram.destination(), payload.length, head, fate));
    if (trace.size() > TRACE_LINES) {
      trace.remove();
    }
  }
}
