/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.masquerade;

import org.jspecify.annotations.NullMarked;
