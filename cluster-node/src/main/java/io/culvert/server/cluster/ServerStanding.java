package io.culvert.server.cluster;

import io.culvert.model.journal.CborSerializable;

/**
 * What a server says of itself.
 *
 * @param name in the cluster
 * @param address {@code host:port} between servers
 * @param version of its program
 * @param agents linked to it now
 * @param draining whether it is about to stop
 */
public record ServerStanding(
    String name, String address, String version, int agents, boolean draining)
    implements CborSerializable {}
