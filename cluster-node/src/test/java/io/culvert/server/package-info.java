/** Tests of the module as a whole. */
@NullMarked
package io.culvert.server;

import org.jspecify.annotations.NullMarked;
