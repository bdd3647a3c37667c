package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Laboratory;

/** What a person may try in a laboratory that was left running. */
final class NextSteps {
  private NextSteps() {}

  /** Commands to copy, and the one that ends it all. */
  static String of(Laboratory lab) {
    String on = "ip netns exec " + lab.name() + "-";
    String culvert = lab.home().launcher().toString();
    String session = "CULVERT_ADMIN_SESSION=" + lab.run().resolve("admin-session.json") + " ";
    String state = " --state " + lab.run().resolve("agent-acme-p1");
    return """
    It is still running. Try:
      %1$sp1 %2$s agent status%4$s
      %1$sp1 %2$s agent ping%4$s acme/pub
      %1$swan tcpdump -ni any udp
      %3$s%1$ssrv %2$s admin member list acme/office
      %3$s%1$ssrv %2$s admin vpn rekey acme/office
    Logs: %5$s
    To end it: %6$s
    """
        .formatted(on, culvert, session, state, lab.run(), lab.downCommand());
  }
}
