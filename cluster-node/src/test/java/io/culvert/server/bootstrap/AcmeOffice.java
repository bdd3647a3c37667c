package io.culvert.server.bootstrap;

import io.culvert.server.bootstrap.ServerProcess.Administrator;
import java.util.List;

/**
 * The organization acme with the VPN office and three nodes in it, which log on with a password.
 */
final class AcmeOffice {
  static final String PASSWORD = "correct horse battery";
  static final String VPN = "acme/office";

  private static final String ACME = "/api/v1/organizations/acme";

  private AcmeOffice() {}

  /** Made at a server on its first start, where its shards come to be. */
  static Administrator at(ServerProcess server) throws Exception {
    Administrator administrator = server.administrator().login(server.firstPassword(), PASSWORD);
    administrator.expect(201, "POST", "/api/v1/organizations", "{\"name\":\"acme\"}");
    administrator.expect(201, "POST", ACME + "/vpns", "{\"name\":\"office\"}");
    for (String node : List.of("alpha", "beta", "gamma")) {
      administrator.expect(201, "POST", ACME + "/nodes", "{\"name\":\"%s\"}".formatted(node));
      administrator.expect(200, "PUT", passwordPath(node), passwordBody(node));
      administrator.expect(200, "PUT", ACME + "/vpns/office/members/" + node, "");
    }
    return administrator;
  }

  /** Where a POST is a change of the VPN. */
  static String rekeyPath() {
    return ACME + "/vpns/office/rekey";
  }

  /** Where a PUT is a change of a node. */
  static String passwordPath(String node) {
    return ACME + "/nodes/" + node + "/password";
  }

  static String passwordBody(String node) {
    return "{\"userName\":\"%s\",\"password\":\"%s\"}".formatted(node, PASSWORD);
  }
}
