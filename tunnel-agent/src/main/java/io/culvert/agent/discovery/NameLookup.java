package io.culvert.agent.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Where names are resolved. Thread-safe. */
interface NameLookup {
  /** Of which family an address is: A or AAAA. */
  enum Family {
    IPV4,
    IPV6
  }

  /** One name's addresses of one family: what one DNS query asks for. */
  record Question(String host, Family family) {}

  /**
   * What the name has.
   *
   * @param addresses empty: the name does not exist, or has none of this family
   * @param timeToLive how long this may be believed
   */
  record Answer(List<InetAddress> addresses, Duration timeToLive) {
    public Answer {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Asks once; blocks for some seconds at most.
   *
   * @throws IOException if there was no answer; the message is for people
   */
  Answer ask(Question question) throws IOException;
}
