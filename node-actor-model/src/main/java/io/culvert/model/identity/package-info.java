/**
 * Names of organizations, VPNs and nodes: the identifiers that the whole system shares.
 *
 * <p>Immutable values, owned by no thread.
 */
@NullMarked
package io.culvert.model.identity;

import org.jspecify.annotations.NullMarked;
