/**
 * One replica of a VPN's view for each VPN and server ({@code VpnFeed}), and presence straight from
 * server to server ({@code FeedRouter}).
 *
 * <p>Actors; everything they hold belongs to them alone.
 */
@NullMarked
package io.culvert.server.feed;

import org.jspecify.annotations.NullMarked;
