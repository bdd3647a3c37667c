/** Tests of the package of the same name. */
@NullMarked
package io.culvert.server.cluster;

import org.jspecify.annotations.NullMarked;
