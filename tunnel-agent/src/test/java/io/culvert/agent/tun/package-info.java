/** Tests of the virtual interface, in namespaces. */
@NullMarked
package io.culvert.agent.tun;

import org.jspecify.annotations.NullMarked;
