package io.culvert.model.journal;

/**
 * Marks a type that is written to the journal or sent to another server as Jackson CBOR.
 *
 * <p>Sealed hierarchies below it name their subtypes explicitly ({@code JsonTypeInfo.Id.NAME}), so
 * that a class may be renamed without making old events unreadable.
 */
public interface CborSerializable {}
