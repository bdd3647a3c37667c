/**
 * The servers of the cluster as operators see them: who is there, how many agents each has, and who
 * is told to drain.
 *
 * <p>One {@link io.culvert.server.cluster.ServerControl} actor on each server answers for it.
 */
@NullMarked
package io.culvert.server.cluster;

import org.jspecify.annotations.NullMarked;
