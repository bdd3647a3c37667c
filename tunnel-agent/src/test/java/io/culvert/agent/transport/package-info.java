/** Tests of the outer network's types and of the UDP socket, the latter in namespaces. */
@NullMarked
package io.culvert.agent.transport;

import org.jspecify.annotations.NullMarked;
