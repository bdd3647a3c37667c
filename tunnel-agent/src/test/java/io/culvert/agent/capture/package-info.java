/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.capture;

import org.jspecify.annotations.NullMarked;
