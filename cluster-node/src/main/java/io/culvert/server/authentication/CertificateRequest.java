package io.culvert.server.authentication;

import io.culvert.server.pki.EcProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * A node's certificate request (PKCS#10, RFC 2986). Of what it says only the key is used: the
 * server writes the names itself.
 */
final class CertificateRequest {
  /** Largest request accepted, in bytes; a P-256 request has some 300. */
  static final int MAX_BYTES = 8192;

  private CertificateRequest() {}

  /**
   * The public key of a request, if the request's signature proves that its sender has the private
   * key.
   *
   * @param der what an agent sent; may be anything
   * @throws IllegalArgumentException with a sentence for the agent
   */
  static PublicKey verifiedKey(byte[] der) {
    if (der.length > MAX_BYTES) {
      throw new IllegalArgumentException("the certificate request is too large");
    }
    JcaPKCS10CertificationRequest request = parse(der);
    requireAccepted(request.getSubjectPublicKeyInfo().getAlgorithm());
    try {
      PublicKey key = request.getPublicKey();
      JcaContentVerifierProviderBuilder verifier = new JcaContentVerifierProviderBuilder();
      if (key instanceof ECPublicKey) {
        verifier.setProvider(EcProvider.get());
      }
      if (request.isSignatureValid(verifier.build(key))) {
        return key;
      }
    } catch (GeneralSecurityException | OperatorCreationException | PKCSException e) {
      throw new IllegalArgumentException("the certificate request is not signed by its key", e);
    } catch (RuntimeException e) {
      // The ASN.1 parser is lazy, and has no one exception for what it finds late.
      throw new IllegalArgumentException("the certificate request is not PKCS#10", e);
    }
    throw new IllegalArgumentException("the certificate request is not signed by its key");
  }

  private static JcaPKCS10CertificationRequest parse(byte[] der) {
    try {
      return new JcaPKCS10CertificationRequest(der);
    } catch (IOException | RuntimeException e) {
      // The ASN.1 parser has no one exception for bad input.
      throw new IllegalArgumentException("the certificate request is not PKCS#10", e);
    }
  }

  private static void requireAccepted(AlgorithmIdentifier algorithm) {
    boolean p256 =
        X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm())
            && SECObjectIdentifiers.secp256r1.equals(algorithm.getParameters());
    if (!p256 && !EdECObjectIdentifiers.id_Ed25519.equals(algorithm.getAlgorithm())) {
      throw new IllegalArgumentException("use a key on P-256 or Ed25519");
    }
  }
}
