/**
 * Address pools and who may have which place in them: pure values, no actor, no clock.
 *
 * <p>Notation of prefixes: RFC 4632 and RFC 4291. Default pools: shared address space (RFC 6598)
 * and unique local addresses (RFC 4193).
 */
@NullMarked
package io.culvert.model.addressing;

import org.jspecify.annotations.NullMarked;
