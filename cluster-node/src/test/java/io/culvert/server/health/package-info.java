/** Tests of {@code io.culvert.server.health}. */
@NullMarked
package io.culvert.server.health;

import org.jspecify.annotations.NullMarked;
