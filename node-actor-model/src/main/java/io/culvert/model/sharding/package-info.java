/**
 * Where the entities are: their start on a server, and references to them from anywhere.
 *
 * <p>Thread-safe; holds no state of its own.
 */
@NullMarked
package io.culvert.model.sharding;

import org.jspecify.annotations.NullMarked;
