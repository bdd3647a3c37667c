/**
 * The outer network: the port {@link io.culvert.agent.transport.DatagramTransport} and its Linux
 * implementation with UDP segmentation offload over the Foreign Function and Memory API.
 *
 * <p>Sending belongs to the outbound worker, receiving to the inbound worker.
 */
@NullMarked
package io.culvert.agent.transport;

import org.jspecify.annotations.NullMarked;
