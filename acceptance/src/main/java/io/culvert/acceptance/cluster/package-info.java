/**
 * Several real servers on the loopback address: started from the packaged distribution, killed,
 * paused and drained, and an administrator who speaks to any of them.
 *
 * <p>One thread drives a cluster; {@link io.culvert.acceptance.cluster.ClusterAdministrator} is
 * thread-safe.
 */
@NullMarked
package io.culvert.acceptance.cluster;

import org.jspecify.annotations.NullMarked;
