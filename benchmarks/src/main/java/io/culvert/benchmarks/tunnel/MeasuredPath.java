package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Iperf;
import io.culvert.acceptance.lab.LabHost;
import java.util.List;

/**
 * One way between two hosts.
 *
 * @param ends the hosts
 * @param address of the second host, on this way
 * @param processes that carry its packets, at both hosts; none for the kernel's
 * @param samples what was measured
 */
record MeasuredPath(Ends ends, String address, List<Long> processes, Samples samples) {
  /**
   * Two hosts.
   *
   * @param first from which is measured
   * @param iperf serves at the second
   */
  record Ends(LabHost first, Iperf iperf) {}

  MeasuredPath {
    processes = List.copyOf(processes);
  }

  String name() {
    return samples.path();
  }

  Samples.Kind kind() {
    return samples.kind();
  }
}
