/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.metrics;

import org.jspecify.annotations.NullMarked;
