/**
 * How a computer becomes a node: tokens, the node's key and certificate, and where they are kept.
 *
 * <p>Used by the main thread before the agent starts.
 */
@NullMarked
package io.culvert.agent.enrolment;

import org.jspecify.annotations.NullMarked;
