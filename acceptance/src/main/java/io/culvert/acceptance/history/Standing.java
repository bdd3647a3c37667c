package io.culvert.acceptance.history;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one server says of a VPN at the end.
 *
 * @param server its name
 * @param sessions how many agents are linked to this server itself
 * @param members by node id
 */
public record Standing(
    String server, int sessions, String vpn, long revision, Map<String, Member> members) {
  /**
   * One member.
   *
   * @param online whether it is said to be
   * @param server where it is said to be linked; null if it is not
   */
  public record Member(
      String ipv4, String ipv6, String role, boolean online, @Nullable String server) {}
}
