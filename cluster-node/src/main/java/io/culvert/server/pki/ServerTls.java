package io.culvert.server.pki;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What the server shows in TLS at every door, as it is now: a certificate that is renewed while the
 * server runs is shown to whoever connects next. Thread-safe.
 */
public final class ServerTls {
  private static final String ALIAS = "server";
  private static final String KEY_TYPE = "EC";

  private final X509ExtendedKeyManager keyManager = new CurrentIdentity();
  private volatile ServerIdentity identity;

  /** Shows {@code identity} until it is replaced. */
  public ServerTls(ServerIdentity identity) {
    this.identity = identity;
  }

  /** What is shown now. */
  public ServerIdentity identity() {
    return identity;
  }

  /**
   * Shows another certificate from now on; links that stand are not touched.
   *
   * @throws IllegalArgumentException if it is of another cluster
   */
  public void replace(ServerIdentity next) {
    if (!next.certificateAuthority().equals(identity.certificateAuthority())) {
      throw new IllegalArgumentException("a server cannot change its cluster while it runs");
    }
    identity = next;
  }

  /** Gives the present key and chain to TLS. */
  public KeyManager keyManager() {
    return keyManager;
  }

  /**
   * Trusts the cluster's CA alone: PKIX by the JDK, with signatures verified by {@link EcProvider}.
   */
  public TrustManagerFactory trust() {
    try {
      PKIXBuilderParameters parameters =
          new PKIXBuilderParameters(
              Set.of(new TrustAnchor(identity.certificateAuthority(), null)),
              new X509CertSelector());
      // Whether a node may log on is the word of its entity, at each logon.
      parameters.setRevocationEnabled(false);
      parameters.setSigProvider(EcProvider.get().getName());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(new CertPathTrustManagerParameters(parameters));
      return trust;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot use the cluster's CA", e);
    }
  }

  /** A context that shows the present certificate and trusts the cluster's CA. */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {keyManager}, trust().getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot use the server's certificate", e);
    }
  }

  /** There is one key; TLS asks by its kind. */
  private final class CurrentIdentity extends X509ExtendedKeyManager {
    private String @Nullable [] aliases(String keyType) {
      return keyType.equals(KEY_TYPE) ? new String[] {ALIAS} : null;
    }

    private @Nullable String alias(String... keyTypes) {
      for (String keyType : keyTypes) {
        if (keyType.equals(KEY_TYPE)) {
          return ALIAS;
        }
      }
      return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return aliases(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return aliases(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(keyType);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return alias.equals(ALIAS) ? identity.chain().toArray(X509Certificate[]::new) : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return alias.equals(ALIAS) ? identity.privateKey() : null;
    }
  }
}
