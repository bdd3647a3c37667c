package io.culvert.agent.testnet;

import io.culvert.agent.transport.Endpoint;

/** A datagram on its way. The payload is never changed after it was made. */
final class Datagram {
  private final Endpoint source;
  private final Endpoint destination;
  private final byte[] payload;

  Datagram(Endpoint source, Endpoint destination, byte[] payload) {
    this.source = source;
    this.destination = destination;
    this.payload = payload;
  }

  /** As the receiver will see it. */
  Endpoint source() {
    return source;
  }

  /** Where it is going at present. */
  Endpoint destination() {
    return destination;
  }

  byte[] payload() {
    return payload;
  }

  Datagram from(Endpoint newSource) {
    return new Datagram(newSource, destination, payload);
  }

  Datagram to(Endpoint newDestination) {
    return new Datagram(source, newDestination, payload);
  }
}
