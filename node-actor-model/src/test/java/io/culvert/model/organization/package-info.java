/** Tests of the Organization entity. */
@NullMarked
package io.culvert.model.organization;

import org.jspecify.annotations.NullMarked;
