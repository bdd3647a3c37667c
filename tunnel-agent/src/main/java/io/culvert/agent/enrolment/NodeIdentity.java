package io.culvert.agent.enrolment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.discovery.ServerAddresses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes this computer a node.
 *
 * @param nodeId {@code organization/name}
 * @param servers {@code host:port} of the agent gateways
 * @param privateKey of the certificate
 * @param certificate signed by the cluster's CA
 * @param authority the cluster's CA: the only trust anchor
 */
public record NodeIdentity(
    String nodeId,
    List<String> servers,
    PrivateKey privateKey,
    X509Certificate certificate,
    X509Certificate authority) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NODE = "node.json";
  private static final String KEY = "node-key.pem";
  private static final String CERTIFICATE = "node.pem";
  private static final String AUTHORITY = "ca.pem";
  private static final byte[] PROBE = {1};

  /** Copies the list. */
  public NodeIdentity {
    servers = List.copyOf(servers);
  }

  /** Seals this node's files. */
  public StateSeal seal() {
    return new StateSeal(nodeId, privateKey);
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "NodeIdentity[" + nodeId + "]";
  }

  private record NodeFile(@Nullable String node, @Nullable List<String> servers) {}

  /** Makes something of a file's bytes; a damaged one may fail in any way. */
  private interface Decoder<T> {
    T decode(byte[] content) throws IOException, GeneralSecurityException;
  }

  /**
   * The identity in a state directory; empty if the computer is not enrolled.
   *
   * @throws EnrolmentException if a file is missing, cannot be read or is damaged: says which
   */
  public static Optional<NodeIdentity> load(StateDirectory state) {
    if (!Files.exists(state.file(NODE))) {
      return Optional.empty();
    }
    NodeFile node = read(state, NODE, NodeIdentity::readNode);
    X509Certificate authority = read(state, AUTHORITY, NodeIdentity::readCertificate);
    X509Certificate certificate =
        read(state, CERTIFICATE, content -> readIssued(content, authority));
    return Optional.of(
        new NodeIdentity(
            Objects.requireNonNull(node.node()),
            Objects.requireNonNull(node.servers()),
            read(state, KEY, content -> readKey(content, certificate)),
            certificate,
            authority));
  }

  private static <T> T read(StateDirectory state, String name, Decoder<T> decoder) {
    byte[] content;
    try {
      content = Files.readAllBytes(state.file(name));
    } catch (NoSuchFileException e) {
      throw unusable(state, name, "is missing");
    } catch (IOException e) {
      throw new EnrolmentException(
          "cannot read %s (%s); run the agent as the user who owns it"
              .formatted(state.file(name), e.getClass().getSimpleName()));
    }
    try {
      return decoder.decode(content);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.debug("{} cannot be decoded", name, e);
      throw unusable(state, name, "is damaged");
    }
  }

  private static EnrolmentException unusable(StateDirectory state, String name, String how) {
    return new EnrolmentException(
        "the file %s %s; put it back from a copy, or move the directory %s away and enrol again with a new token"
            .formatted(state.file(name), how, state.path()));
  }

  /** Keeps the identity. {@code node.json} is written last: without it nothing counts. */
  public void save(StateDirectory state) {
    try {
      state.write(KEY, pem(new JcaPKCS8Generator(privateKey, null).generate()));
      state.write(CERTIFICATE, pem(certificate));
      state.write(AUTHORITY, pem(authority));
      state.write(
          NODE,
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new NodeFile(nodeId, servers)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot encode the node's key", e);
    }
  }

  private static byte[] pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static NodeFile readNode(byte[] content) throws IOException {
    NodeFile node = JSON.readValue(content, NodeFile.class);
    if (node == null || node.node() == null || node.servers() == null) {
      throw new IOException("not complete");
    }
    node.servers().forEach(ServerAddresses::parse);
    return node;
  }

  private static X509Certificate readIssued(byte[] content, X509Certificate authority)
      throws GeneralSecurityException {
    X509Certificate certificate = readCertificate(content);
    certificate.verify(authority.getPublicKey());
    return certificate;
  }

  private static PrivateKey readKey(byte[] content, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    PrivateKey key = readKey(new String(content, StandardCharsets.US_ASCII));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(PROBE);
    if (!signature.verify(signed)) {
      throw new SignatureException("not the key of the certificate");
    }
    return key;
  }

  private static PrivateKey readKey(String pem) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (parser.readObject() instanceof PrivateKeyInfo info) {
        return new JcaPEMKeyConverter().getPrivateKey(info);
      }
      throw new IOException("no private key");
    }
  }

  /** A certificate in PEM or DER. */
  public static X509Certificate readCertificate(byte[] encoded) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }
}
