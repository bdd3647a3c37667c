package io.culvert.agent.testnet;

import io.culvert.agent.transport.Endpoint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A NAT device with port translation. Behaviours in the words of RFC 4787; filtering is always
 * address-and-port-dependent, the strictest. Guarded by the router.
 */
public final class Nat {
  /** How external ports are chosen (RFC 4787, section 4.1). */
  public enum Mapping {
    /** One external port for each internal endpoint. */
    ENDPOINT_INDEPENDENT,
    /** Another external port for each destination ("symmetric"). */
    ADDRESS_AND_PORT_DEPENDENT
  }

  private record Key(Endpoint internal, @Nullable Endpoint remote) {}

  private final byte[] externalAddress;
  private final Mapping mapping;
  private final Map<Key, Endpoint> externalByKey = new HashMap<>();
  private final Map<Endpoint, Endpoint> internalByExternal = new HashMap<>();
  private final Map<Endpoint, Set<Endpoint>> allowedByExternal = new HashMap<>();
  private final Set<Endpoint> permanent = new HashSet<>();
  private int nextPort = 20_000;

  Nat(byte[] externalAddress, Mapping mapping) {
    this.externalAddress = externalAddress.clone();
    this.mapping = mapping;
  }

  /** A static mapping: anyone may send to the external port. */
  public synchronized Endpoint forward(int externalPort, Endpoint internal) {
    Endpoint external = Endpoint.of(externalAddress, externalPort);
    externalByKey.put(new Key(internal, null), external);
    internalByExternal.put(external, internal);
    permanent.add(external);
    return external;
  }

  /** Forgets all mappings that traffic made: the next datagrams get other external ports. */
  public synchronized void rebind() {
    externalByKey.values().removeIf(external -> !permanent.contains(external));
    internalByExternal.keySet().retainAll(permanent);
    allowedByExternal.clear();
  }

  /** The datagram as it leaves the device to the outside. */
  synchronized Datagram outbound(Datagram datagram) {
    Endpoint internal = datagram.source();
    Endpoint fixed = externalByKey.get(new Key(internal, null));
    boolean perRemote = fixed == null && mapping == Mapping.ADDRESS_AND_PORT_DEPENDENT;
    Key key = new Key(internal, perRemote ? datagram.destination() : null);
    Endpoint external = externalByKey.computeIfAbsent(key, k -> newMapping(internal));
    allowedByExternal.computeIfAbsent(external, e -> new HashSet<>()).add(datagram.destination());
    return datagram.from(external);
  }

  /** The datagram as it goes on inside; null if no mapping lets it in. */
  synchronized @Nullable Datagram inbound(Datagram datagram) {
    Endpoint external = datagram.destination();
    Endpoint internal = internalByExternal.get(external);
    boolean allowed =
        permanent.contains(external)
            || allowedByExternal.getOrDefault(external, Set.of()).contains(datagram.source());
    return internal == null || !allowed ? null : datagram.to(internal);
  }

  boolean owns(Endpoint endpoint) {
    return Arrays.equals(endpoint.addressBytes(), externalAddress);
  }

  private Endpoint newMapping(Endpoint internal) {
    Endpoint external = Endpoint.of(externalAddress, nextPort++);
    internalByExternal.put(external, internal);
    return external;
  }
}
