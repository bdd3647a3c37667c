package io.culvert.server.session;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What TLS and TCP know of an agent.
 *
 * @param remoteAddress 4 or 16 bytes, network order: where the connection comes from
 * @param remotePort host order
 * @param certificate the verified client certificate, null if the agent showed none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; an address is bytes on the wire.
public record Connection(
    byte[] remoteAddress, int remotePort, @Nullable X509Certificate certificate) {}
