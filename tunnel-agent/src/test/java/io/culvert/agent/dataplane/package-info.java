/** Tests of the tunnel engine over ports in memory. */
@NullMarked
package io.culvert.agent.dataplane;

import org.jspecify.annotations.NullMarked;
