/**
 * What the control plane promises, shown with real servers and agents: enrolment, ownership of a
 * node, several VPNs at once, and how fast a change arrives.
 *
 * <p>One thread drives one laboratory.
 */
@NullMarked
package io.culvert.acceptance.control;

import org.jspecify.annotations.NullMarked;
