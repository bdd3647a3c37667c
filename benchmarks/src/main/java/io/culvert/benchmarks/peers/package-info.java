/**
 * Other VPN programs, for comparison: each runs as its manual says, in user space, between two
 * hosts of a laboratory, with the tunnel MTU of Culvert's agents.
 *
 * <p>One thread starts and ends them; they run in processes of their own.
 */
@NullMarked
package io.culvert.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
