/**
 * The Vpn entity: settings, memberships with virtual addresses, secret epoch and revision of one
 * VPN.
 *
 * <p>{@link io.culvert.model.vpn.VpnState} is the pure core; the feeds of every server keep a
 * replica of it by applying the same events. The entity actor owns its state; everything else here
 * is immutable.
 */
@NullMarked
package io.culvert.model.vpn;

import org.jspecify.annotations.NullMarked;
