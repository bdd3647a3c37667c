package io.culvert.agent.main;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@link TopRates} as lines for a person. */
final class TopText {
  private static final String ROW = "%-24s %-20s %12s %9s %12s %9s %8s %8s %s";
  private static final String[] PREFIXES = {"", "k", "M", "G", "T"};

  private TopText() {}

  /** The picture, without line ends. */
  static List<String> lines(TopRates rates) {
    List<String> lines = new ArrayList<>();
    lines.add("%s  %s  server %s".formatted(rates.node(), rates.state(), rates.server()));
    lines.add(direction("out", rates.outbound()) + "   " + direction("in", rates.inbound()));
    lines.add(drops(rates));
    lines.add("");
    lines.add(
        ROW.formatted(
            "PEER", "VPN", "OUT", "PACKETS/s", "IN", "PACKETS/s", "KEYS", "HEARD", "ENDPOINT"));
    for (TopRates.Peer peer : rates.peers()) {
      lines.add(
          ROW.formatted(
              peer.node(),
              peer.vpn(),
              bytes(peer.outboundBytes()),
              number(peer.outboundPackets()),
              bytes(peer.inboundBytes()),
              number(peer.inboundPackets()),
              age(peer.keysMillisAgo()),
              age(peer.lastSeenMillisAgo()),
              peer.endpoint()));
    }
    return lines;
  }

  private static String direction(String name, TopRates.Direction direction) {
    return "%s %s, %s packets/s, batch %s"
        .formatted(
            name,
            bytes(direction.bytes()),
            number(direction.packets()),
            String.format(Locale.ROOT, "%.1f", direction.meanBatch()));
  }

  private static String drops(TopRates rates) {
    List<String> reasons = new ArrayList<>();
    rates.drops().forEach((reason, rate) -> reasons.add(reason + ' ' + number(rate)));
    return "dropped %s packets/s%s"
        .formatted(
            number(rates.droppedPackets()),
            reasons.isEmpty() ? "" : ": " + String.join(", ", reasons));
  }

  /** Bytes for each second with three digits or so, in powers of 1,000: {@code 12.3 MB/s}. */
  static String bytes(double perSecond) {
    double value = perSecond;
    int prefix = 0;
    while (value >= 999.5 && prefix < PREFIXES.length - 1) {
      value /= 1000;
      prefix++;
    }
    String digits = prefix == 0 || value >= 99.95 ? "%.0f" : "%.1f";
    return String.format(Locale.ROOT, digits + " %sB/s", value, PREFIXES[prefix]);
  }

  private static String number(double perSecond) {
    return String.format(Locale.ROOT, "%.0f", perSecond);
  }

  private static String age(long millis) {
    return millis < 0 ? "-" : Since.age(Duration.ofMillis(millis));
  }
}
