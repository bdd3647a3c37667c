package io.culvert.server.dns;

import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * Each member carries its addresses at the round-robin name as roles, {@code dns:ADDRESS}: so the
 * others have them from the moment it joins, and still when all that is left of it is the event
 * that it was removed. Server names have no colon.
 */
public final class MemberAddresses {
  private static final String PREFIX = "dns:";

  private MemberAddresses() {}

  /** A member's addresses as roles. */
  public static List<String> roles(Collection<InetAddress> addresses) {
    return addresses.stream().map(address -> PREFIX + address.getHostAddress()).toList();
  }

  /** Whether a role is such an address. */
  public static boolean isAddress(String role) {
    return role.startsWith(PREFIX);
  }

  /** The addresses of a member. */
  static Set<InetAddress> of(Member member) {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    member.getRoles().stream()
        .filter(MemberAddresses::isAddress)
        .map(role -> InetAddress.ofLiteral(role.substring(PREFIX.length())))
        .forEach(addresses::add);
    return addresses;
  }

  /** Those of all members that are not on their way out, but for this one's. */
  static Set<InetAddress> ofOthers(Cluster cluster) {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    members(cluster)
        .filter(member -> !member.uniqueAddress().equals(cluster.selfUniqueAddress()))
        .filter(member -> isStaying(member.status()))
        .forEach(member -> addresses.addAll(of(member)));
    return addresses;
  }

  private static Stream<Member> members(Cluster cluster) {
    Stream.Builder<Member> members = Stream.builder();
    cluster.state().getMembers().forEach(members::add);
    return members.build();
  }

  private static boolean isStaying(MemberStatus status) {
    return status.equals(MemberStatus.joining())
        || status.equals(MemberStatus.weaklyUp())
        || status.equals(MemberStatus.up());
  }
}
