/**
 * Several real servers, on the loopback address or each in a network namespace: started from the
 * packaged distribution, killed, paused, cut off and drained, and an administrator who speaks to
 * any of them.
 *
 * <p>One thread drives a cluster; {@link io.culvert.acceptance.cluster.ClusterAdministrator} is
 * thread-safe.
 */
@NullMarked
package io.culvert.acceptance.cluster;

import org.jspecify.annotations.NullMarked;
