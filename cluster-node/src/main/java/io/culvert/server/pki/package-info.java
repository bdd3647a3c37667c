/**
 * The cluster's CA, the server's certificate, node certificates, and the master key.
 *
 * <p>Private keys never leave the data directory in which they were made, and appear in no log.
 */
@NullMarked
package io.culvert.server.pki;

import org.jspecify.annotations.NullMarked;
