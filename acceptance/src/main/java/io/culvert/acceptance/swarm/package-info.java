/**
 * Thousands of agents in one process: the control client of the real agent, with its own TLS link,
 * certificate and views, and nothing behind it that carries packets.
 *
 * <p>A few control threads each own many agents; gRPC's event loops are shared by all. Whoever
 * drives the swarm speaks to it with one JSON object a line, see {@link
 * io.culvert.acceptance.swarm.SwarmRequest}.
 */
@NullMarked
package io.culvert.acceptance.swarm;

import org.jspecify.annotations.NullMarked;
