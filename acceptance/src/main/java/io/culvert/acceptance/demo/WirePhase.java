package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.CapturedPacket;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Ping;
import io.culvert.acceptance.lab.WireReport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at everything that passed the middle of the Internet since before the first logon: between
 * nodes only masqueraded ESP and keepalives, with the server only TLS, nowhere the pings' payload.
 * A ping outside the VPN is captured too, to show that the search would find it.
 */
final class WirePhase implements Phase {
  private static final String OUTSIDE_HOST = "ext";

  @Override
  public String title() {
    return "capture in the middle: only masqueraded ESP";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    var _ = Ping.five(world.lab().host(OUTSIDE_HOST), DemoWorld.SERVER_ADDRESS);
    List<CapturedPacket> packets = world.capture().stop();
    long control = packets.stream().filter(packet -> packet.contains(Ping.marker())).count();
    findings.require(control > 0, "the capture did not even see a ping outside the VPN");
    WireReport wire = WireReport.of(packets, nodeAddresses(), address(DemoWorld.SERVER_ADDRESS));
    findings.note(
        "with the server: %d TCP segments with data in %d directions, all begun as TLS"
            .formatted(wire.tls(), wire.tlsFlows()));
    findings.require(wire.tlsFlows() > 0, "no connection to the server was captured");
    findings.require(wire.masqueraded() > 0, "no masqueraded packet was captured");
    findings.require(wire.foreign().isEmpty(), "there was also: %s".formatted(wire.foreign()));
    findings.require(
        wire.inClear().isEmpty(), "a ping passed in clear: %s".formatted(wire.inClear()));
    findings.note(
        "between nodes: %d masqueraded ESP, %d keepalives, 0 others, 0 in clear"
            .formatted(wire.masqueraded(), wire.keepalives()));
  }

  private static Set<InetAddress> nodeAddresses() {
    Set<InetAddress> addresses = new HashSet<>();
    for (DemoNode node : DemoNode.values()) {
      addresses.add(address(node.ownAddress()));
      addresses.add(address(node.outerAddress()));
    }
    return addresses;
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new LabException("not an address: " + text, e);
    }
  }
}
