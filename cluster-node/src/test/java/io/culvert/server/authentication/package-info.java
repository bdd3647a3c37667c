/** Tests of {@code io.culvert.server.authentication}. */
@NullMarked
package io.culvert.server.authentication;

import org.jspecify.annotations.NullMarked;
