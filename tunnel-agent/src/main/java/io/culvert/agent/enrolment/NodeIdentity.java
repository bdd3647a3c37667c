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
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;

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
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the list. */
  public NodeIdentity {
    servers = List.copyOf(servers);
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "NodeIdentity[" + nodeId + "]";
  }

  private record NodeFile(@Nullable String node, @Nullable List<String> servers) {}

  /**
   * The identity in a state directory; empty if the computer is not enrolled.
   *
   * @throws EnrolmentException if a file is damaged
   */
  public static Optional<NodeIdentity> load(StateDirectory state) {
    if (!Files.exists(state.file("node.json"))) {
      return Optional.empty();
    }
    try {
      NodeFile node = JSON.readValue(state.file("node.json").toFile(), NodeFile.class);
      if (node == null || node.node() == null || node.servers() == null) {
        throw new IOException("node.json is not complete");
      }
      node.servers().forEach(ServerAddresses::parse);
      return Optional.of(
          new NodeIdentity(
              node.node(),
              node.servers(),
              readKey(Files.readString(state.file("node-key.pem"))),
              readCertificate(Files.readAllBytes(state.file("node.pem"))),
              readCertificate(Files.readAllBytes(state.file("ca.pem")))));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new EnrolmentException(
          "the state directory %s is damaged (%s); enrol again with a new token"
              .formatted(state.path(), e.getMessage()));
    }
  }

  /** Keeps the identity. {@code node.json} is written last: without it nothing counts. */
  public void save(StateDirectory state) {
    try {
      state.write("node-key.pem", pem(new JcaPKCS8Generator(privateKey, null).generate()));
      state.write("node.pem", pem(certificate));
      state.write("ca.pem", pem(authority));
      state.write(
          "node.json",
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

  private static PrivateKey readKey(String pem) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (parser.readObject() instanceof PrivateKeyInfo info) {
        return new JcaPEMKeyConverter().getPrivateKey(info);
      }
      throw new IOException("node-key.pem holds no private key");
    }
  }

  /** A certificate in PEM or DER. */
  public static X509Certificate readCertificate(byte[] encoded) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }
}
