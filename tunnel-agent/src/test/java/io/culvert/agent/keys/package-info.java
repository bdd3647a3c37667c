/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.keys;

import org.jspecify.annotations.NullMarked;
