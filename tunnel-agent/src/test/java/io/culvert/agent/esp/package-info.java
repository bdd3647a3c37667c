/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.esp;

import org.jspecify.annotations.NullMarked;
