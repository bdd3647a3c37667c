/** Collections of immutable states. Pure; thread-safe. */
@NullMarked
package io.culvert.model.collection;

import org.jspecify.annotations.NullMarked;
