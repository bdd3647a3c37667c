/**
 * What the measurements of the control plane have in common: a cluster of real servers and a swarm
 * of agents in one VPN, each in processes of their own.
 *
 * <p>One thread drives a measurement.
 */
@NullMarked
package io.culvert.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
