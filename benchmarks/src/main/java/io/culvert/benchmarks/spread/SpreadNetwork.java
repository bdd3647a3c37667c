package io.culvert.benchmarks.spread;

import io.culvert.agent.dataplane.TunnelConfiguration;
import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.transport.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One node and its peers: their addresses, and keys that both ends make from one seed. The keys
 * protect a laboratory and nothing else.
 *
 * @param peers how many, 1 to 65,000
 * @param seed the same at both ends
 */
record SpreadNetwork(int peers, String seed) {
  /** The node's UDP port, and that of the engine where its peers live. */
  static final int PORT = 4500;

  /** Bits of the prefix of all peers' addresses. */
  static final int PREFIX_BITS = 16;

  private static final int PREFIX_INT = 0x6460_0000;
  private static final int NODE_INT = 0x6440_0001;
  private static final int NODE_SPI = 0x1000_0000;
  private static final int PEERS_SPI = 0x2000_0000;
  private static final EspTransform TRANSFORM = EspTransform.AES_256_GCM_16;

  /** The node's address. */
  static InetAddress node() {
    return address(NODE_INT);
  }

  /** Where the peers' addresses begin. */
  static InetAddress prefix() {
    return address(PREFIX_INT);
  }

  /** The address of peer {@code number}, from 1. */
  static InetAddress peer(int number) {
    return address(PREFIX_INT + number);
  }

  private static InetAddress address(int value) {
    try {
      return InetAddress.getByAddress(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What the node's engine is told. */
  TunnelConfiguration ofNode(Endpoint peersAt) {
    return new TunnelConfiguration(
        IntStream.rangeClosed(1, peers)
            .mapToObj(
                number ->
                    pair(
                        number,
                        node(),
                        peer(number),
                        peersAt,
                        associations(number, PEERS_SPI, NODE_SPI, "to", "from")))
            .toList());
  }

  /** What the engine is told where the peers live. */
  TunnelConfiguration ofPeers(Endpoint nodeAt) {
    return new TunnelConfiguration(
        IntStream.rangeClosed(1, peers)
            .mapToObj(
                number ->
                    pair(
                        number,
                        peer(number),
                        node(),
                        nodeAt,
                        associations(number, NODE_SPI, PEERS_SPI, "from", "to")))
            .toList());
  }

  private static TunnelConfiguration.Peer pair(
      int number,
      InetAddress local,
      InetAddress remote,
      Endpoint candidate,
      PairSecurityAssociations keys) {
    return new TunnelConfiguration.Peer(
        "bench/peers",
        "bench/p" + number,
        List.of(local),
        List.of(remote),
        List.of(candidate),
        false,
        keys);
  }

  private PairSecurityAssociations associations(
      int number, int outboundSpi, int inboundSpi, String outbound, String inbound) {
    return new PairSecurityAssociations(
        "bench-" + number,
        TRANSFORM,
        outboundSpi + number,
        inboundSpi + number,
        () -> new KeyMaterialPair(key(number, outbound), key(number, inbound)));
  }

  private KeyMaterial key(int number, String direction) {
    String text = "%s %d %s".formatted(seed, number, direction);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-512").digest(text.getBytes(StandardCharsets.UTF_8));
      return KeyMaterial.adopt(Arrays.copyOf(digest, TRANSFORM.keyMaterialBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-512", e);
    }
  }
}
