/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.sad;

import org.jspecify.annotations.NullMarked;
