/**
 * The link to a server: logon, synchronization, updates, and the way back when it breaks.
 *
 * <p>One control thread owns the views, the engine's configuration and the virtual interface;
 * gRPC's threads only hand frames to it.
 */
@NullMarked
package io.culvert.agent.control;

import org.jspecify.annotations.NullMarked;
