/**
 * What durable and remote messages have in common: the serialization marker and its bindings.
 *
 * <p>Everything that is journalled or crosses a process implements {@link
 * io.culvert.model.journal.CborSerializable}; {@code reference.conf} of this module binds it to
 * Jackson CBOR. The types are immutable and belong to no thread.
 */
@NullMarked
package io.culvert.model.journal;

import org.jspecify.annotations.NullMarked;
