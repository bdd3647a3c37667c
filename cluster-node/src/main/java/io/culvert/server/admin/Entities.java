package io.culvert.server.admin;

import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.sharding.EntityShards;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.server.storage.Availability;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.function.Function;

/**
 * Asks entities and waits: requests run on virtual threads. What an entity has in memory is
 * answered while the database is away; whatever needs the database is given up soon, and at once if
 * the database is lost meanwhile. Thread-safe.
 */
final class Entities {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  /** How long an answer that needs no database may take, once there is none. */
  private static final Duration LONGEST_WITHOUT_DATABASE = Duration.ofMillis(500);

  private final EntityShards shards;
  private final Availability database;

  Entities(EntityShards shards, Availability database) {
    this.shards = shards;
    this.database = database;
  }

  /**
   * Looks before a change is asked for.
   *
   * @throws ApiException 503 if the database is away
   */
  void requireDatabase() {
    if (database.problem().isPresent()) {
      throw new ApiException(
          503,
          "database-away",
          "the database is away: nothing can be changed until it is back; /ready at the server's health port says why");
    }
  }

  private <T> T answer(CompletionStage<T> stage) {
    CompletableFuture<T> asked = stage.toCompletableFuture();
    try {
      if (!database.await(asked, LONGEST, LONGEST_WITHOUT_DATABASE)) {
        requireDatabase();
      }
      return await(asked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping();
    } catch (ApiException e) {
      requireDatabase();
      throw e;
    }
  }

  DirectoryProtocol.Reply directory(
      Function<ActorRef<DirectoryProtocol.Reply>, DirectoryProtocol.Command> command) {
    return answer(shards.directory().ask(command, TIMEOUT));
  }

  OrganizationProtocol.Reply organization(
      String name,
      Function<ActorRef<OrganizationProtocol.Reply>, OrganizationProtocol.Command> command) {
    return answer(shards.organization(name).ask(command, TIMEOUT));
  }

  VpnProtocol.Reply vpn(
      VpnId vpn, Function<ActorRef<VpnProtocol.Reply>, VpnProtocol.Command> command) {
    return answer(shards.vpn(vpn).ask(command, TIMEOUT));
  }

  NodeProtocol.Reply node(
      NodeId node, Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> command) {
    return answer(shards.node(node).ask(command, TIMEOUT));
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
      throw stopping();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RejectedExecutionException
          ? new ApiException(503, "busy", "too many logins at once; try again")
          : unavailable();
    } catch (TimeoutException e) {
      throw unavailable();
    }
  }

  private static ApiException stopping() {
    return new ApiException(503, "stopping", "the server is going to stop; use another one");
  }

  private static ApiException unavailable() {
    return new ApiException(
        503,
        "unavailable",
        "the server cannot reach its data now; nothing may have changed: try again");
  }
}
