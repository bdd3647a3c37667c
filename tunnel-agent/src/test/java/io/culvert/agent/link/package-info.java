/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.link;

import org.jspecify.annotations.NullMarked;
