package io.culvert.server.admin;

import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.sharding.EntityShards;
import io.culvert.model.vpn.VpnProtocol;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.function.Function;

/** Asks entities and waits: requests run on virtual threads. Thread-safe. */
final class Entities {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final EntityShards shards;

  Entities(EntityShards shards) {
    this.shards = shards;
  }

  DirectoryProtocol.Reply directory(
      Function<ActorRef<DirectoryProtocol.Reply>, DirectoryProtocol.Command> command) {
    return await(shards.directory().ask(command, TIMEOUT));
  }

  OrganizationProtocol.Reply organization(
      String name,
      Function<ActorRef<OrganizationProtocol.Reply>, OrganizationProtocol.Command> command) {
    return await(shards.organization(name).ask(command, TIMEOUT));
  }

  VpnProtocol.Reply vpn(
      VpnId vpn, Function<ActorRef<VpnProtocol.Reply>, VpnProtocol.Command> command) {
    return await(shards.vpn(vpn).ask(command, TIMEOUT));
  }

  NodeProtocol.Reply node(
      NodeId node, Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> command) {
    return await(shards.node(node).ask(command, TIMEOUT));
  }

  /**
   * Waits for a stage.
   *
   * @throws ApiException 503 if it fails or does not complete in time
   */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(503, "stopping", "the server is going to stop; use another one");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RejectedExecutionException
          ? new ApiException(503, "busy", "too many logins at once; try again")
          : unavailable();
    } catch (TimeoutException e) {
      throw unavailable();
    }
  }

  private static ApiException unavailable() {
    return new ApiException(
        503,
        "unavailable",
        "the server cannot reach its data now; nothing may have changed: try again");
  }
}
