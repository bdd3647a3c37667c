/** Tests of who may try to log on now. */
@NullMarked
package io.culvert.server.admission;

import org.jspecify.annotations.NullMarked;
