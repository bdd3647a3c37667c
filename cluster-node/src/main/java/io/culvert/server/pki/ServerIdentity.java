package io.culvert.server.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a server shows in TLS.
 *
 * @param serverName the server's name in the cluster
 * @param privateKey of the server's certificate
 * @param chain the server's certificate, then the CA's
 * @param certificateAuthority the cluster's CA: the only trust anchor for node certificates
 */
public record ServerIdentity(
    String serverName,
    PrivateKey privateKey,
    List<X509Certificate> chain,
    X509Certificate certificateAuthority) {
  /** Copies the chain. */
  public ServerIdentity {
    chain = List.copyOf(chain);
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "ServerIdentity[" + serverName + "]";
  }
}
