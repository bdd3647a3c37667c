/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.localapi;

import org.jspecify.annotations.NullMarked;
