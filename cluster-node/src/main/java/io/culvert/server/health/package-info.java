/**
 * Health and metrics over plain HTTP, for load balancers and Prometheus.
 *
 * <p>Served on virtual threads; reads only.
 */
@NullMarked
package io.culvert.server.health;

import org.jspecify.annotations.NullMarked;
