/**
 * The agent's metrics for Prometheus over plain HTTP, at an address of this computer.
 *
 * <p>Served on virtual threads; reads only.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition
 *     formats</a>
 */
@NullMarked
package io.culvert.agent.metrics;

import org.jspecify.annotations.NullMarked;
