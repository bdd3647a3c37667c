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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.function.Function;

/**
 * Asks entities and waits: requests run on virtual threads. What an entity has in memory is
 * answered while the database is away; whatever needs the database is given up soon, and at once if
 * the database is lost meanwhile. Thread-safe.
 */
final class Entities {
  /** The longest time that a lost server's entities need to come up elsewhere, and some more. */
  private static final Duration LONGEST = Duration.ofSeconds(15);

  /**
   * What an entity was sent while its shard moved may be lost, so it is asked again. A change that
   * was done by then is known by its request id, and answered as it was.
   */
  private static final Duration ASKED_AGAIN = Duration.ofMillis(1_500);

  /** How long an answer that needs no database may take, once there is none. */
  private static final Duration LONGEST_WITHOUT_DATABASE = Duration.ofMillis(500);

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(
          ASKED_AGAIN.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);

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

  private <T> T answer(Supplier<CompletionStage<T>> question) {
    CompletableFuture<T> asked = new CompletableFuture<>();
    ask(question, asked);
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
    } finally {
      // Nobody asks any more.
      asked.cancel(false);
    }
  }

  /** Asks until there is an answer; the first one counts. */
  private static <T> void ask(Supplier<CompletionStage<T>> question, CompletableFuture<T> asked) {
    if (asked.isDone()) {
      return;
    }
    var _ =
        question
            .get()
            .whenComplete(
                (answer, failure) -> {
                  if (failure == null) {
                    asked.complete(answer);
                  } else {
                    asked.completeExceptionally(failure);
                  }
                });
    LATER.execute(() -> ask(question, asked));
  }

  DirectoryProtocol.Reply directory(
      Function<ActorRef<DirectoryProtocol.Reply>, DirectoryProtocol.Command> command) {
    return answer(() -> shards.directory().ask(command, LONGEST));
  }

  OrganizationProtocol.Reply organization(
      String name,
      Function<ActorRef<OrganizationProtocol.Reply>, OrganizationProtocol.Command> command) {
    return answer(() -> shards.organization(name).ask(command, LONGEST));
  }

  VpnProtocol.Reply vpn(
      VpnId vpn, Function<ActorRef<VpnProtocol.Reply>, VpnProtocol.Command> command) {
    return answer(() -> shards.vpn(vpn).ask(command, LONGEST));
  }

  NodeProtocol.Reply node(
      NodeId node, Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> command) {
    return answer(() -> shards.node(node).ask(command, LONGEST));
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

  static ApiException stopping() {
    return new ApiException(503, "stopping", "the server is going to stop; use another one");
  }

  private static ApiException unavailable() {
    return new ApiException(
        503,
        "unavailable",
        "the server cannot reach its data now; nothing may have changed: try again");
  }
}
