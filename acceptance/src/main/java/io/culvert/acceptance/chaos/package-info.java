/**
 * Faults by a seeded schedule on a cluster with agents, while an administrator changes a VPN; and
 * the proof, from the history of it all, that nobody lost anything.
 *
 * <p>One thread drives a run; the administrator has another.
 */
@NullMarked
package io.culvert.acceptance.chaos;

import org.jspecify.annotations.NullMarked;
