/** Tests of the package of this name. */
@NullMarked
package io.culvert.server.dns;

import org.jspecify.annotations.NullMarked;
