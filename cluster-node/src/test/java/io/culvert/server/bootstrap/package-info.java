/** Tests of {@code io.culvert.server.bootstrap}. */
@NullMarked
package io.culvert.server.bootstrap;

import org.jspecify.annotations.NullMarked;
