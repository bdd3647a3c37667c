package io.culvert.agent.main;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where {@code agent up} serves metrics: nowhere, unless it is told a port. */
final class MetricsOptions {
  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "Serve metrics for Prometheus at this TCP port: http://127.0.0.1:PORT/metrics.")
  private @Nullable Integer port;

  @Option(
      names = "--metrics-address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = {
        "Serve them at this address of the computer; default ${DEFAULT-VALUE}.",
        "They name the peers, and are neither encrypted nor protected by a password."
      })
  private InetAddress address = InetAddress.getLoopbackAddress();

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  /**
   * The address; null if no metrics are wanted.
   *
   * @throws ParameterException for a port outside 1 to 65535
   */
  @Nullable InetSocketAddress address() {
    if (port == null) {
      return null;
    }
    if (port < 1 || port > 65535) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "Invalid value for option '--metrics-port': %d is not in 1..65535".formatted(port));
    }
    return new InetSocketAddress(address, port);
  }
}
