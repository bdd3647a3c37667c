/** Tests of the package of this name. */
@NullMarked
package io.culvert.server.backup;

import org.jspecify.annotations.NullMarked;
