/**
 * The security association database (RFC 4301, section 4.4.2): associations with their sequence
 * numbers, limits and counters, looked up by SPI, and the memory of identities that must not begin
 * anew.
 *
 * <p>An outbound association belongs to the outbound worker, an inbound one to the inbound worker;
 * making and destroying them to the control thread.
 */
@NullMarked
package io.culvert.agent.sad;

import org.jspecify.annotations.NullMarked;
