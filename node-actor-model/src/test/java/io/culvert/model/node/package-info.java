/** Tests of the Node entity. */
@NullMarked
package io.culvert.model.node;

import org.jspecify.annotations.NullMarked;
