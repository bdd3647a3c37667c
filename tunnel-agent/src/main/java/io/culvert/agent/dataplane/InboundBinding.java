package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SecurityAssociationPair;
import org.jspecify.annotations.Nullable;

/**
 * What an SPI leads to. Two pairs of one peer can have one SPI, because it is composed of what a
 * restart of the peer does not change: then the newer is tried before the older.
 *
 * @param generation grows with each pair that is made
 * @param older another pair with the same SPI
 */
record InboundBinding(
    PeerPolicy policy,
    SecurityAssociationPair pair,
    long generation,
    @Nullable InboundBinding older) {}
