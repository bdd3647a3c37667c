/**
 * The tunnel engine: what turns a tunnel configuration into SPD and SAD snapshots, and moves
 * packets between the TUN device and the outer network.
 *
 * <p>One outbound and one inbound worker thread; the control thread only replaces snapshots. No
 * lock and no allocation per packet.
 */
@NullMarked
package io.culvert.agent.dataplane;

import org.jspecify.annotations.NullMarked;
