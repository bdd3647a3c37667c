/** Tests of the module as a whole. */
@NullMarked
package io.culvert.model;

import org.jspecify.annotations.NullMarked;
