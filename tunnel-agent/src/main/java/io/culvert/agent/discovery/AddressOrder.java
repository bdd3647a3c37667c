package io.culvert.agent.discovery;

import io.culvert.agent.discovery.ServerAddresses.Target;
import java.net.Inet6Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * In which order addresses are tried: at random, so that agents spread evenly over the servers; the
 * families alternate, so that one without a route costs one attempt; what failed of late comes
 * last.
 *
 * <p>RFC 8305 would begin with IPv6. Here the first address is any of all, whatever its family:
 * otherwise the servers that have an IPv6 address would get all agents that have one.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305#section-4">RFC 8305, section 4</a>
 */
final class AddressOrder {
  private AddressOrder() {}

  /**
   * All of the targets, each once.
   *
   * @param failures how often a target failed of late; more come later
   */
  static List<Target> of(
      Collection<Target> targets, ToIntFunction<Target> failures, RandomGenerator random) {
    List<Target> shuffled = new ArrayList<>(targets);
    Collections.shuffle(shuffled, Random.from(random));
    List<Target> sound = new ArrayList<>();
    List<Target> failed = new ArrayList<>();
    shuffled.forEach(target -> (failures.applyAsInt(target) == 0 ? sound : failed).add(target));
    failed.sort(Comparator.comparingInt(failures));
    List<Target> order = alternating(sound);
    order.addAll(failed);
    return order;
  }

  /** The family of the first, then the other, and so on while there are two. */
  private static List<Target> alternating(List<Target> targets) {
    Deque<Target> ipv6 = new ArrayDeque<>();
    Deque<Target> ipv4 = new ArrayDeque<>();
    targets.forEach(target -> (isIpv6(target) ? ipv6 : ipv4).add(target));
    boolean isIpv6Next = !targets.isEmpty() && isIpv6(targets.getFirst());
    List<Target> order = new ArrayList<>(targets.size());
    while (order.size() < targets.size()) {
      Deque<Target> next = isIpv6Next ? ipv6 : ipv4;
      if (!next.isEmpty()) {
        order.add(next.remove());
      }
      isIpv6Next = !isIpv6Next;
    }
    return order;
  }

  static boolean isIpv6(Target target) {
    return target.address().getAddress() instanceof Inet6Address;
  }
}
