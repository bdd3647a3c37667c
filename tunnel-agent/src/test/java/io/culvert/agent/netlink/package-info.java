/** Tests of the message forms. */
@NullMarked
package io.culvert.agent.netlink;

import org.jspecify.annotations.NullMarked;
