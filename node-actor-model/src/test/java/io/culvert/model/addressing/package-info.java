/** Tests of pools and places. */
@NullMarked
package io.culvert.model.addressing;

import org.jspecify.annotations.NullMarked;
