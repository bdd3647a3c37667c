/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.spd;

import org.jspecify.annotations.NullMarked;
