package io.culvert.server.admin;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How administrators are served.
 *
 * @param listen address and TCP port of the admin API (HTTPS); port 0 lets the kernel choose
 * @param advertisedGateways {@code host:port} of the agent gateways, written into enrolment tokens
 * @param sessionLifetime how long an administrator's bearer token is valid
 * @param tokenLifetime how long an enrolment token is valid unless the request says otherwise
 */
public record AdminSettings(
    InetSocketAddress listen,
    List<String> advertisedGateways,
    Duration sessionLifetime,
    Duration tokenLifetime) {
  /** Copies the list. */
  public AdminSettings {
    advertisedGateways = List.copyOf(advertisedGateways);
  }
}
