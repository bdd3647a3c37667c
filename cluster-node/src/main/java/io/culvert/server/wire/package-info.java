/**
 * How this module's values are written into messages between servers.
 *
 * <p>Immutable; owned by no thread.
 */
@NullMarked
package io.culvert.server.wire;

import org.jspecify.annotations.NullMarked;
