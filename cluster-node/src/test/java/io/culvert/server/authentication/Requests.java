package io.culvert.server.authentication;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificate requests as agents, and others, make them. */
final class Requests {
  private Requests() {}

  static KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  static KeyPair of(String algorithm) throws Exception {
    return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
  }

  /** A request for a key, signed by the same key. */
  static byte[] signed(KeyPair pair, String signature) throws Exception {
    return signed(pair, pair, signature);
  }

  /** A request for one key, signed by another. */
  static byte[] signed(KeyPair wanted, KeyPair signer, String signature) throws Exception {
    return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=any"), wanted.getPublic())
        .build(new JcaContentSignerBuilder(signature).build(signer.getPrivate()))
        .getEncoded();
  }

  /** What an agent sends. */
  static byte[] good() throws Exception {
    return signed(ec("secp256r1"), "SHA256withECDSA");
  }
}
