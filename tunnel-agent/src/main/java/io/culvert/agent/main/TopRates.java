package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happened between two answers of {@code status}. All rates are for each second.
 *
 * @param peers the busiest first
 * @param drops by reason, packets for each second; only those that there were
 */
record TopRates(
    String node,
    String state,
    String server,
    Direction outbound,
    Direction inbound,
    Map<String, Double> drops,
    List<Peer> peers) {

  /**
   * One worker.
   *
   * @param meanBatch datagrams in a system call; 0 if there was none
   */
  record Direction(double bytes, double packets, double meanBatch) {}

  /** One peer in one VPN. Ages are in milliseconds, -1: never. */
  record Peer(
      String node,
      String vpn,
      String endpoint,
      double outboundBytes,
      double outboundPackets,
      double inboundBytes,
      double inboundPackets,
      long keysMillisAgo,
      long lastSeenMillisAgo) {
    double bytes() {
      return outboundBytes + inboundBytes;
    }
  }

  /**
   * Compares two answers.
   *
   * @param seconds between them, above 0
   */
  static TopRates between(JsonNode before, JsonNode after, double seconds) {
    Map<String, JsonNode> earlier = new HashMap<>();
    eachPeer(before, (vpn, peer) -> earlier.put(key(vpn, peer), peer));
    List<Peer> peers = new ArrayList<>();
    eachPeer(
        after,
        (vpn, peer) ->
            peers.add(peer(vpn, earlier.getOrDefault(key(vpn, peer), peer), peer, seconds)));
    peers.sort(
        Comparator.comparingDouble(Peer::bytes)
            .reversed()
            .thenComparing(Peer::vpn)
            .thenComparing(Peer::node));
    Map<String, Double> drops = new TreeMap<>();
    after
        .at("/engine/drops")
        .properties()
        .forEach(
            drop -> {
              double rate =
                  rate(
                      before.at("/engine/drops"),
                      after.at("/engine/drops"),
                      drop.getKey(),
                      seconds);
              if (rate > 0) {
                drops.put(drop.getKey(), rate);
              }
            });
    return new TopRates(
        after.path("node").asText(),
        after.path("state").asText(),
        after.path("server").asText(),
        direction(before.at("/engine/outbound"), after.at("/engine/outbound"), seconds),
        direction(before.at("/engine/inbound"), after.at("/engine/inbound"), seconds),
        drops,
        peers);
  }

  /** All drops for each second. */
  double droppedPackets() {
    return drops.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private interface PeerVisitor {
    void visit(String vpn, JsonNode peer);
  }

  private static void eachPeer(JsonNode status, PeerVisitor visitor) {
    for (JsonNode vpn : status.path("vpns")) {
      for (JsonNode peer : vpn.path("peers")) {
        visitor.visit(vpn.path("vpn").asText(), peer);
      }
    }
  }

  private static String key(String vpn, JsonNode peer) {
    return vpn + ' ' + peer.path("node").asText();
  }

  private static Peer peer(String vpn, JsonNode before, JsonNode after, double seconds) {
    return new Peer(
        after.path("node").asText(),
        vpn,
        after.path("endpoint").asText("-"),
        rate(before, after, "outboundBytes", seconds),
        rate(before, after, "outboundPackets", seconds),
        rate(before, after, "inboundBytes", seconds),
        rate(before, after, "inboundPackets", seconds),
        after.path("keysMillisAgo").asLong(-1),
        after.path("lastSeenMillisAgo").asLong(-1));
  }

  private static Direction direction(JsonNode before, JsonNode after, double seconds) {
    double batches = rate(before, after, "batches", seconds);
    return new Direction(
        rate(before, after, "bytes", seconds),
        rate(before, after, "packets", seconds),
        batches == 0 ? 0 : rate(before, after, "datagrams", seconds) / batches);
  }

  /** A counter that went back was begun anew: the agent was restarted. */
  private static double rate(JsonNode before, JsonNode after, String counter, double seconds) {
    long now = after.path(counter).asLong();
    long then = before.path(counter).asLong();
    return (now >= then ? now - then : now) / seconds;
  }
}
