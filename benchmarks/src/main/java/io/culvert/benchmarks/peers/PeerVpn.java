package io.culvert.benchmarks.peers;

import java.util.List;

/** One kind of VPN that can be put between two hosts. */
public sealed interface PeerVpn permits WireguardGo, Nebula, OpenVpn, Tinc, StrongSwan {
  /** MTU of every tunnel in bytes, as Culvert's agents have it. */
  int MTU_BYTES = 1400;

  /** As people type it: lower case, letters, digits and hyphens. */
  String name();

  /** What must be installed for it. */
  List<Requirement> requirements();

  /**
   * Starts it at both ends and waits until the second end's inside address answers the first.
   *
   * @return the tunnel, which is the caller's to close
   * @throws io.culvert.acceptance.lab.LabException if it does not come up; nothing of it runs then
   */
  PeerTunnel start(PeerEnds ends);
}
