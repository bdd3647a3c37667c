/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.discovery;

import org.jspecify.annotations.NullMarked;
