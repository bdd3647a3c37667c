/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.main;

import org.jspecify.annotations.NullMarked;
