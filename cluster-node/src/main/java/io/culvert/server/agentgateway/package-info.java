/**
 * The agents' door: gRPC over TLS 1.3, one stream for each agent, handed to a session actor.
 *
 * <p>gRPC's threads only decode and hand over; they never wait.
 */
@NullMarked
package io.culvert.server.agentgateway;

import org.jspecify.annotations.NullMarked;
