package io.culvert.agent.view;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which VPNs of one node cannot be used together: an address that lies in the pools of two says
 * nothing of the peer it belongs to.
 *
 * @param usable without a conflict, in the order given
 * @param problems one sentence for each VPN that is left out
 */
public record PoolConflicts(List<VpnReplica> usable, List<String> problems) {
  /** Copies the lists. */
  public PoolConflicts {
    usable = List.copyOf(usable);
    problems = List.copyOf(problems);
  }

  /** Keeps of conflicting VPNs the one that comes first. */
  public static PoolConflicts among(Collection<VpnReplica> replicas) {
    List<VpnReplica> usable = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (VpnReplica replica : replicas) {
      VpnReplica other = conflicting(usable, replica);
      if (other == null) {
        usable.add(replica);
      } else {
        problems.add(
            "%s is not used: its address pools overlap with those of %s; an administrator must give one of them other pools"
                .formatted(replica.vpnId(), other.vpnId()));
      }
    }
    return new PoolConflicts(usable, problems);
  }

  private static @Nullable VpnReplica conflicting(List<VpnReplica> usable, VpnReplica replica) {
    for (VpnReplica other : usable) {
      if (overlap(other.vpn().getIpv4Pool(), replica.vpn().getIpv4Pool())
          || overlap(other.vpn().getIpv6Pool(), replica.vpn().getIpv6Pool())) {
        return other;
      }
    }
    return null;
  }

  /**
   * Whether two prefixes of one family share an address.
   *
   * @throws IllegalArgumentException if one is not in CIDR notation
   */
  static boolean overlap(String a, String b) {
    Cidr first = Cidr.parse(a);
    Cidr second = Cidr.parse(b);
    int bits = Math.min(first.length(), second.length());
    return first.leadingBits(bits).equals(second.leadingBits(bits));
  }

  /**
   * A prefix.
   *
   * @param length in bits
   */
  record Cidr(InetAddress address, int length) {
    static Cidr parse(String text) {
      int slash = text.indexOf('/');
      if (slash < 0) {
        throw new IllegalArgumentException("'%s' is not a prefix".formatted(text));
      }
      Cidr cidr =
          new Cidr(
              InetAddress.ofLiteral(text.substring(0, slash)),
              Integer.parseInt(text.substring(slash + 1)));
      if (cidr.length < 0 || cidr.length > cidr.addressBits()) {
        throw new IllegalArgumentException("'%s' is not a prefix".formatted(text));
      }
      return cidr;
    }

    private int addressBits() {
      return address.getAddress().length * Byte.SIZE;
    }

    private BigInteger leadingBits(int count) {
      return new BigInteger(1, address.getAddress()).shiftRight(addressBits() - count);
    }
  }
}
