/**
 * Starts and stops one server: settings, data directory, actor system, and the parts in their
 * order.
 *
 * <p>The main thread only; the parts own their threads.
 */
@NullMarked
package io.culvert.server.bootstrap;

import org.jspecify.annotations.NullMarked;
