/** Tests of the package of this name, with real databases. */
@NullMarked
package io.culvert.server.storage;

import org.jspecify.annotations.NullMarked;
