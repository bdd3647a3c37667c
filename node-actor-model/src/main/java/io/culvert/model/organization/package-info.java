/**
 * The Organization entity: administrators, and the index of the organization's VPNs and nodes.
 *
 * <p>The index is written before the thing it names is created, and creation may be repeated: a
 * crash between the two leaves a name that the next attempt completes.
 */
@NullMarked
package io.culvert.model.organization;

import org.jspecify.annotations.NullMarked;
