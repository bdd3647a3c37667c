/**
 * What the agent knows of its VPNs, and what follows from it for the tunnel engine and the virtual
 * interface. Pure values.
 */
@NullMarked
package io.culvert.agent.view;

import org.jspecify.annotations.NullMarked;
