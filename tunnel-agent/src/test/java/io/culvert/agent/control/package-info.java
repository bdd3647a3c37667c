/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.control;

import org.jspecify.annotations.NullMarked;
