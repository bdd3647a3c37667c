/** Tests of the Directory entity. */
@NullMarked
package io.culvert.model.directory;

import org.jspecify.annotations.NullMarked;
