package io.culvert.server.cluster;

import io.culvert.server.dns.MemberAddresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/** All servers of the cluster, seen from one of them. Thread-safe. */
public final class ServerGroup {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /**
   * A member of the cluster.
   *
   * @param address {@code host:port} between servers
   * @param name its name
   * @param status as the cluster has it, in lower case; {@code unreachable} if the cluster does not
   *     hear of it
   * @param standing what it says of itself; empty if it did not answer in time
   */
  public record MemberServer(
      String address, String name, String status, Optional<ServerStanding> standing) {}

  /** What became of an order to drain. */
  public enum DrainOutcome {
    /** It begins. */
    BEGUN,
    /** It was told before. */
    UNDER_WAY,
    /** There is no server of that name. */
    NO_SUCH_SERVER,
    /** There is, but it does not answer. */
    NO_ANSWER
  }

  private final ActorSystem<?> system;

  private ServerGroup(ActorSystem<?> system) {
    this.system = system;
  }

  /**
   * Begins to answer for this server.
   *
   * @param version of this program
   * @param agents how many are linked to this server now; must not block
   * @param draining whether this server is about to stop
   * @param drain begins to drain and returns at once; false if that was begun already
   */
  public static ServerGroup start(
      ActorSystem<?> system,
      String name,
      String version,
      IntSupplier agents,
      BooleanSupplier draining,
      BooleanSupplier drain) {
    String address = Cluster.get(system).selfMember().address().hostPort();
    var _ =
        system.systemActorOf(
            ServerControl.create(
                () ->
                    new ServerStanding(
                        name,
                        withoutSystem(address),
                        version,
                        agents.getAsInt(),
                        draining.getAsBoolean()),
                drain),
            "server-control",
            Props.empty());
    return new ServerGroup(system);
  }

  /**
   * Begins to keep the numbers of agents even.
   *
   * @param mover lets so many agents of this server go within a time; must not block
   * @param interval between two looks
   */
  public void keepEven(BiConsumer<Integer, Duration> mover, Duration interval) {
    var _ =
        system.systemActorOf(
            Rebalancer.create(
                withoutSystem(Cluster.get(system).selfMember().address().hostPort()),
                this::members,
                mover::accept,
                interval),
            "rebalancer",
            Props.empty());
  }

  private static String withoutSystem(String hostPort) {
    return hostPort.substring(hostPort.indexOf('@') + 1);
  }

  /** Why this server refuses changes, because it reaches a minority only; empty: it does not. */
  public Optional<String> minority() {
    return Majority.problem(org.apache.pekko.cluster.Cluster.get(system.classicSystem()));
  }

  /** All members, by name. Servers that do not answer within two seconds are there without more. */
  public CompletionStage<List<MemberServer>> members() {
    ClusterEvent.CurrentClusterState state = Cluster.get(system).state();
    List<Member> members =
        StreamSupport.stream(state.getMembers().spliterator(), false)
            .sorted(Comparator.comparing(ServerGroup::name))
            .toList();
    return controls()
        .thenCompose(
            controls -> {
              List<CompletableFuture<Optional<ServerStanding>>> answers = new ArrayList<>();
              controls.forEach(control -> answers.add(report(control)));
              return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                  .thenApply(
                      done ->
                          members.stream()
                              .map(member -> describe(member, state, answers))
                              .toList());
            });
  }

  private static MemberServer describe(
      Member member,
      ClusterEvent.CurrentClusterState state,
      List<CompletableFuture<Optional<ServerStanding>>> answers) {
    String address = withoutSystem(member.address().hostPort());
    String status =
        state.getUnreachable().contains(member)
            ? "unreachable"
            : member.status().toString().toLowerCase(Locale.ROOT);
    return new MemberServer(
        address,
        name(member),
        status,
        answers.stream()
            .map(CompletableFuture::join)
            .flatMap(Optional::stream)
            .filter(standing -> standing.address().equals(address))
            .findFirst());
  }

  private static String name(Member member) {
    return member.getRoles().stream()
        .filter(role -> !role.startsWith("dc-") && !MemberAddresses.isAddress(role))
        .findFirst()
        .orElse("");
  }

  /** Tells a server to drain and stop. */
  public CompletionStage<DrainOutcome> drain(String server) {
    return members()
        .thenCombine(
            controls(),
            (members, controls) -> {
              Optional<MemberServer> found =
                  members.stream().filter(member -> member.name().equals(server)).findFirst();
              if (found.isEmpty()) {
                return CompletableFuture.completedFuture(DrainOutcome.NO_SUCH_SERVER);
              }
              return controls.stream()
                  .filter(control -> isAt(control, found.get().address()))
                  .findFirst()
                  .map(this::order)
                  .orElseGet(() -> CompletableFuture.completedFuture(DrainOutcome.NO_ANSWER));
            })
        .thenCompose(outcome -> outcome);
  }

  private boolean isAt(ActorRef<ServerControl.Message> control, String address) {
    var at = control.path().address();
    String own = withoutSystem(Cluster.get(system).selfMember().address().hostPort());
    return at.hasLocalScope() ? own.equals(address) : withoutSystem(at.hostPort()).equals(address);
  }

  private CompletableFuture<DrainOutcome> order(ActorRef<ServerControl.Message> control) {
    return AskPattern.<ServerControl.Message, ServerControl.Draining>ask(
            control, ServerControl.Drain::new, ANSWER_TIMEOUT, system.scheduler())
        .thenApply(answer -> answer.begun() ? DrainOutcome.BEGUN : DrainOutcome.UNDER_WAY)
        .exceptionally(failure -> DrainOutcome.NO_ANSWER)
        .toCompletableFuture();
  }

  private CompletableFuture<Optional<ServerStanding>> report(
      ActorRef<ServerControl.Message> control) {
    return AskPattern.<ServerControl.Message, ServerStanding>ask(
            control, ServerControl.Report::new, ANSWER_TIMEOUT, system.scheduler())
        .thenApply(Optional::of)
        .exceptionally(failure -> Optional.empty())
        .toCompletableFuture();
  }

  private CompletionStage<List<ActorRef<ServerControl.Message>>> controls() {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(ServerControl.SERVICE, replyTo),
            ANSWER_TIMEOUT,
            system.scheduler())
        .thenApply(listing -> List.copyOf(listing.getServiceInstances(ServerControl.SERVICE)));
  }
}
