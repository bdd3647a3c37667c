/**
 * Echo requests (RFC 792, RFC 4443) through the tunnel for {@code agent ping}.
 *
 * <p>A socket belongs to the thread that opened it.
 */
@NullMarked
package io.culvert.agent.echo;

import org.jspecify.annotations.NullMarked;
