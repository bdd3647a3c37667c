/**
 * A network inside one JVM for tests: {@link io.culvert.agent.testnet.ChannelTunDevice} in place of
 * the kernel's interface, and {@link io.culvert.agent.testnet.PacketRouter} with {@link
 * io.culvert.agent.testnet.RoutedTransport} in place of the outer network, with loss, duplication,
 * reordering, delay, partition and NAT.
 *
 * <p>What happens to the n-th datagram between two endpoints depends on the seed and n only, not on
 * the order in which threads run.
 */
@NullMarked
package io.culvert.agent.testnet;

import org.jspecify.annotations.NullMarked;
