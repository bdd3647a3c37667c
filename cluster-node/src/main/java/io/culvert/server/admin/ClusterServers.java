package io.culvert.server.admin;

import io.culvert.server.cluster.ServerGroup;
import io.culvert.server.cluster.ServerStanding;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;

/** The servers of the cluster. For operators. */
final class ClusterServers {
  private final ServerGroup group;

  ClusterServers(ServerGroup group) {
    this.group = group;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/servers", this::list);
    routes.post("/api/v1/servers/{server}/drain", this::drain);
  }

  private void list(Context context) {
    Requests.requireOperator(context);
    context.json(Entities.await(group.members()).stream().map(ClusterServers::shown).toList());
  }

  private static Api.ClusterServer shown(ServerGroup.MemberServer server) {
    return new Api.ClusterServer(
        server.name(),
        server.address(),
        server.status(),
        server.standing().map(ServerStanding::version).orElse(null),
        server.standing().map(ServerStanding::agents).orElse(null),
        server.standing().map(ServerStanding::draining).orElse(null));
  }

  private void drain(Context context) {
    Requests.requireOperator(context);
    String name = context.pathParam("server");
    if (!Boolean.parseBoolean(context.queryParam("force"))) {
      requireAnother(name);
    }
    switch (Entities.await(group.drain(name))) {
      case BEGUN, UNDER_WAY -> context.status(202).json(new Api.Drain(name));
      case NO_SUCH_SERVER ->
          throw new ApiException(
              404, "no-such-server", "the cluster has no server '%s'".formatted(name));
      case NO_ANSWER ->
          throw new ApiException(
              503, "unavailable", "the server '%s' does not answer".formatted(name));
    }
  }

  private void requireAnother(String name) {
    List<ServerGroup.MemberServer> servers = Entities.await(group.members());
    boolean another =
        servers.stream()
            .anyMatch(
                server ->
                    !server.name().equals(name)
                        && server.status().equals("up")
                        && server.standing().filter(standing -> !standing.draining()).isPresent());
    boolean known = servers.stream().anyMatch(server -> server.name().equals(name));
    if (known && !another) {
      throw new ApiException(
          409,
          "last-server",
          "'%s' is the last server that serves: its agents could go nowhere. Start another one first, or force it"
              .formatted(name));
    }
  }
}
