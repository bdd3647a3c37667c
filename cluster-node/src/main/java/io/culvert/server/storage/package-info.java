/**
 * Where the journal lives: the settings, the schema, and whether the database can be reached now.
 *
 * <p>A {@link io.culvert.server.storage.Storage} is opened before the actor system and closed after
 * it. What it shows of the database may be read by any thread; a thread of its own looks.
 */
@NullMarked
package io.culvert.server.storage;

import org.jspecify.annotations.NullMarked;
