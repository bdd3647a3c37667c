/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.view;

import org.jspecify.annotations.NullMarked;
