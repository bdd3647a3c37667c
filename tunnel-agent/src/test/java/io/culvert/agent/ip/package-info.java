/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.ip;

import org.jspecify.annotations.NullMarked;
