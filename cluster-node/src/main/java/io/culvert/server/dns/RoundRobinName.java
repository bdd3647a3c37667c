package io.culvert.server.dns;

import java.net.InetAddress;
import java.util.Set;

/** The addresses of one name in a zone. Blocks; owned by one thread. */
interface RoundRobinName {
  /**
   * What the zone's primary has now.
   *
   * @throws ZoneException if it does not say
   */
  Set<InetAddress> addresses() throws ZoneException;

  /**
   * Changes the zone, all or nothing. To add what is there, or to remove what is not, does nothing.
   *
   * @throws ZoneException if the change was refused, or it is not known whether it was made
   */
  void change(Set<InetAddress> add, Set<InetAddress> remove) throws ZoneException;
}
