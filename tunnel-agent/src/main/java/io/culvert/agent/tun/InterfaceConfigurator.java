package io.culvert.agent.tun;

import java.net.InetAddress;
import java.util.Set;

/**
 * Gives the virtual interface its addresses and routes. Called by the control thread only. Each
 * call names everything that is wanted; what was set by an earlier call and is not named any more
 * is taken away; what somebody else set is left alone.
 */
public interface InterfaceConfigurator {
  /**
   * Makes the interface have these addresses and routes.
   *
   * @throws java.io.UncheckedIOException with a sentence that says which address or route the
   *     kernel refused and why; what could be set is set
   */
  void apply(Set<Address> addresses, Set<Route> routes);

  /** An address of this node; set as /32 or /128. */
  record Address(InetAddress address) {}

  /**
   * A prefix that is reached through the interface.
   *
   * @param prefix its first address
   * @param prefixLength in bits
   * @param preferredSource this node's address in that network
   */
  record Route(InetAddress prefix, int prefixLength, InetAddress preferredSource) {}
}
