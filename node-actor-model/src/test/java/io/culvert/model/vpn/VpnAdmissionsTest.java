package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.HandClock;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.RecentRequests;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.VpnProtocol.Admission;
import io.culvert.model.vpn.VpnProtocol.FeedMessage;
import io.culvert.model.vpn.VpnProtocol.NodesAdmitted;
import io.culvert.model.vpn.VpnProtocol.Reason;
import io.culvert.model.vpn.VpnProtocol.Rejected;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many nodes admitted by one command; every scenario ends with a recovery. */
class VpnAdmissionsTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(EventSourcedBehaviorTestKit.config());

  /** The longest names there can be, because sizes are what is looked at. */
  private static final String ORGANIZATION = "o".repeat(63);

  private static final VpnId VPN = new VpnId(ORGANIZATION, "v".repeat(63));

  /** An Idempotency-Key of 128 characters and its tag. */
  private static final String REQUEST = "r".repeat(153);

  private static final int FRAME_BYTES = 256 * 1024;

  private final HandClock clock = new HandClock();
  private final TestProbe<NodeProtocol.Command> nodes = ACTORS.createTestProbe();
  private final TestProbe<FeedMessage> feed = ACTORS.createTestProbe();
  private final Serialization serialization =
      SerializationExtension.get(ACTORS.system().classicSystem());
  private final EventSourcedBehaviorTestKit<VpnProtocol.Command, VpnEvent, VpnLedger> entity =
      EventSourcedBehaviorTestKit.create(
          ACTORS.system(),
          VpnEntity.create(VPN, node -> nodes.getRef(), clock),
          EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true));

  @BeforeEach
  void forgetTheTestBefore() {
    entity.clear();
  }

  @AfterEach
  void recoversWhatItWas() {
    VpnLedger before = entity.getState();
    assertThat(entity.restart().state()).isEqualTo(before);
  }

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void admitsAThousandWithAddressesInTheirOrder() {
    create("10.0.0.0/16");
    CommandResultWithReply<?, VpnEvent, ?, Reply> admitted = admit(REQUEST, members(1_000));

    assertThat(admitted.replyOfType(NodesAdmitted.class).revision()).isEqualTo(1_001);
    assertThat(admitted.replyOfType(NodesAdmitted.class).admitted()).hasSize(1_000);
    assertThat(admitted.events()).hasSize(1_000);
    Set<InetAddress> addresses = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      Membership member = membership(node(i));
      assertThat(member.index()).isEqualTo(i + 1);
      assertThat(member.admittedRevision()).isEqualTo(i + 2);
      addresses.add(member.virtualIpv4());
      addresses.add(member.virtualIpv6());
    }
    assertThat(addresses).hasSize(2_000);
  }

  @Test
  void sendsCommandAndRepliesThatFitIntoFrames() {
    List<Admission> thousand = members(1_000);
    Set<NodeId> all = thousand.stream().map(Admission::node).collect(Collectors.toSet());
    TestProbe<Reply> asking = ACTORS.createTestProbe();
    assertThat(bytes(new VpnProtocol.AdmitNodes(REQUEST, thousand, asking.getRef())))
        .isLessThan(FRAME_BYTES);
    assertThat(bytes(new VpnProtocol.ReviewAdmissions(thousand, asking.getRef())))
        .isLessThan(FRAME_BYTES);
    assertThat(bytes(new NodesAdmitted(1_001, all))).isLessThan(FRAME_BYTES);
  }

  @Test
  void tellsAFeedInMessagesThatFitIntoFramesAndFollowEachOther() {
    create("10.0.0.0/16");
    entity.runCommand(new VpnProtocol.Subscribe(feed.getRef(), 1));
    feed.expectMessageClass(VpnProtocol.UpToDate.class);
    VpnState replica = entity.getState().state();

    List<VpnEvent> events = new ArrayList<>(admit(REQUEST, members(1_000)).events());

    List<VpnEvent> told = new ArrayList<>();
    while (told.size() < events.size()) {
      VpnProtocol.Revised revised = feed.expectMessageClass(VpnProtocol.Revised.class);
      assertThat(revised.fromRevision()).isEqualTo(replica.revision());
      assertThat(bytes(revised)).isLessThan(FRAME_BYTES);
      for (VpnEvent event : revised.events()) {
        replica = replica.apply(event);
      }
      told.addAll(revised.events());
    }
    assertThat(told).isEqualTo(events);
    assertThat(replica).isEqualTo(entity.getState().state());
    feed.expectNoMessage(Duration.ofMillis(50));
  }

  @Test
  void revisionsOfSeveralMessagesDoNotCountWhatNobodySees() {
    List<VpnEvent> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      events.add(
          i % 2 == 0
              ? new VpnEvent.NodeInformed(node(i), i, clock.instant())
              : new VpnEvent.NodeRemoved(REQUEST, node(i), clock.instant()));
    }
    VpnState state = VpnState.absent(VPN);
    for (VpnProtocol.Revised revised : VpnProtocol.Revised.of(VPN, 0, events)) {
      assertThat(revised.fromRevision()).isEqualTo(state.revision());
      for (VpnEvent event : revised.events()) {
        state = state.apply(event);
      }
    }
    assertThat(state.revision()).isEqualTo(250);
  }

  @Test
  void tellsTheNodesSomeAtATimeAndJournalsWhatTheyConfirmTogether() {
    create("10.0.0.0/16");
    List<Admission> thousand = members(1_000);
    admit(REQUEST, thousand);

    Set<Long> told = new HashSet<>();
    while (told.size() < thousand.size()) {
      List<NodeProtocol.RecordMembership> round = new ArrayList<>();
      int left = thousand.size() - told.size();
      for (int i = 0; i < Math.min(left, MembershipNotices.AT_ONCE); i++) {
        round.add(nodes.expectMessageClass(NodeProtocol.RecordMembership.class));
      }
      if (told.isEmpty()) {
        nodes.expectNoMessage(Duration.ofMillis(50));
      }
      for (NodeProtocol.RecordMembership record : round) {
        assertThat(record.member()).isTrue();
        assertThat(told.add(record.revision())).as("told once").isTrue();
        record.replyTo().tell(new NodeProtocol.Changed(1));
      }
    }
    nodes.awaitAssert(
        () -> {
          assertThat(entity.getState().uninformed()).isEmpty();
          return true;
        });
    assertThat(entity.getState().state().revision()).isEqualTo(1_001);
  }

  @Test
  void tellsTheNewestChangeFirstAndThoseWhoMissedItOnceMore() {
    create("10.0.0.0/16");
    admit(REQUEST, members(200));
    List<Long> underWay = new ArrayList<>();
    for (int i = 0; i < MembershipNotices.AT_ONCE; i++) {
      underWay.add(nodes.expectMessageClass(NodeProtocol.RecordMembership.class).revision());
    }
    NodeId removed = node(0);
    run(to -> new VpnProtocol.RemoveNode("r-2", removed, to));
    List<Long> missed =
        underWay.stream().filter(r -> r != membershipRevision(removed)).limit(2).toList();

    miss(missed.get(0));
    NodeProtocol.RecordMembership next =
        nodes.expectMessageClass(NodeProtocol.RecordMembership.class);
    assertThat(next.member()).isFalse();
    assertThat(next.revision()).isEqualTo(202);
    miss(missed.get(1));
    assertThat(nodes.expectMessageClass(NodeProtocol.RecordMembership.class).revision())
        .isNotIn(underWay);

    entity.runCommand(VpnProtocol.InformPendingNodes.INSTANCE);
    List<Long> answering = new ArrayList<>(underWay);
    answering.removeAll(missed);
    answering.remove(membershipRevision(removed));
    Set<Long> toldAgain = new HashSet<>();
    while (!toldAgain.containsAll(missed)) {
      long revision = answering.removeFirst();
      entity.runCommand(new VpnProtocol.NodeWasInformed(nodeOf(revision), revision));
      toldAgain.add(nodes.expectMessageClass(NodeProtocol.RecordMembership.class).revision());
    }
  }

  private static long membershipRevision(NodeId node) {
    return Long.parseLong(node.name().substring(58)) + 2;
  }

  /** Of a node admitted by the first command after the creation. */
  private static NodeId nodeOf(long admittedRevision) {
    return node((int) admittedRevision - 2);
  }

  private void miss(long revision) {
    entity.runCommand(new VpnProtocol.NodeWasNotInformed(nodeOf(revision), revision));
  }

  @Test
  void admitsAllOrNobody() {
    create("10.0.0.0/29");
    admit("r-1", members(1));
    assertRefused(members(6), Reason.POOL_EXHAUSTED);
    assertRefused(List.of(spoke(1), new Admission(node(0), Role.HUB)), Reason.CONFLICT);
    assertRefused(List.of(spoke(1), new Admission(node(1), Role.HUB)), Reason.CONFLICT);
    assertRefused(
        List.of(spoke(1), new Admission(new NodeId("other", "n"), Role.SPOKE)), Reason.INVALID);
    assertRefused(members(1_001), Reason.INVALID);
    assertThat(entity.getState().state().memberships()).containsOnlyKeys(node(0));
    assertThat(admit("r-2", members(5)).replyOfType(NodesAdmitted.class))
        .isEqualTo(
            new NodesAdmitted(
                6,
                IntStream.range(1, 5)
                    .mapToObj(VpnAdmissionsTest::node)
                    .collect(Collectors.toSet())));
  }

  @Test
  void refusesWhereThereIsNoVpn() {
    assertRefused(members(2), Reason.NOT_FOUND);
    create("10.0.0.0/16");
    run(to -> new VpnProtocol.DeleteVpn("r-1", to));
    assertRefused(members(2), Reason.NOT_FOUND);
  }

  @Test
  void aRepeatedCommandChangesNothing() {
    create("10.0.0.0/16");
    admit(REQUEST, members(3));
    CommandResultWithReply<?, VpnEvent, ?, Reply> byId = admit(REQUEST, members(3));
    assertThat(byId.hasNoEvents()).isTrue();
    assertThat(byId.reply()).isEqualTo(new NodesAdmitted(4, Set.of()));
    CommandResultWithReply<?, VpnEvent, ?, Reply> byMeaning = admit("r-2", members(3));
    assertThat(byMeaning.hasNoEvents()).isTrue();
    assertThat(byMeaning.reply()).isEqualTo(new NodesAdmitted(4, Set.of()));
    run(to -> new VpnProtocol.RemoveNode("r-3", node(1), to));
    assertThat(admit(REQUEST, members(3)).hasNoEvents()).as("an old one comes late").isTrue();
    assertThat(admit("r-4", List.of()).reply()).isEqualTo(new NodesAdmitted(5, Set.of()));
  }

  @Test
  void aThousandEventsPushNoOtherRequestOutOfMemory() {
    create("10.0.0.0/16");
    for (int i = 0; i < RecentRequests.CAPACITY - 2; i++) {
      String request = "renew-" + i;
      run(to -> new VpnProtocol.RenewSecret(request, to));
    }
    admit(REQUEST, members(1_000));
    assertThat(run(to -> new VpnProtocol.RenewSecret("renew-0", to)).hasNoEvents()).isTrue();
    assertThat(entity.getState().requests().revisionOf(REQUEST))
        .hasValue(entity.getState().state().revision());
  }

  @Test
  void aFailedWriteAdmitsNobody() {
    create("10.0.0.0/16");
    PersistenceTestKit journal = entity.persistenceTestKit();
    TestProbe<Reply> replies = ACTORS.createTestProbe();
    ActorRef<VpnProtocol.Command> other =
        ACTORS.spawn(VpnEntity.create(new VpnId(ORGANIZATION, "w"), n -> nodes.getRef(), clock));
    other.tell(
        new VpnProtocol.CreateVpn(
            "r-1",
            new VpnSettings(
                CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.0.0.0/16", "fd00:1::/64"),
            replies.getRef()));
    replies.expectMessageClass(VpnProtocol.Changed.class);
    journal.failNextPersisted("vpn|" + ORGANIZATION + "/w");
    other.tell(new VpnProtocol.AdmitNodes(REQUEST, members(10), replies.getRef()));
    other.tell(new VpnProtocol.AdmitNodes("r-2", members(4), replies.getRef()));
    assertThat(replies.expectMessageClass(NodesAdmitted.class, Duration.ofSeconds(15)).revision())
        .isEqualTo(5);
  }

  private void assertRefused(List<Admission> members, Reason reason) {
    assertRejected(run(to -> new VpnProtocol.ReviewAdmissions(members, to)), reason);
    assertRejected(admit("refused", members), reason);
  }

  private static void assertRejected(CommandResultWithReply<?, ?, ?, Reply> result, Reason reason) {
    assertThat(result.hasNoEvents()).isTrue();
    Rejected rejected = result.replyOfType(Rejected.class);
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.message()).isNotBlank();
  }

  private Membership membership(NodeId node) {
    Membership membership = entity.getState().state().memberships().get(node);
    assertThat(membership).isNotNull();
    return membership;
  }

  private static NodeId node(int number) {
    return new NodeId(ORGANIZATION, "n".repeat(58) + "%05d".formatted(number));
  }

  private static Admission spoke(int number) {
    return new Admission(node(number), Role.SPOKE);
  }

  private static List<Admission> members(int count) {
    return IntStream.range(0, count).mapToObj(VpnAdmissionsTest::spoke).toList();
  }

  private int bytes(Object message) {
    return serialization.serialize(message).get().length;
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> run(
      Function<ActorRef<Reply>, VpnProtocol.Command> command) {
    return entity.runCommand(command);
  }

  private void create(String ipv4Pool) {
    VpnSettings settings =
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, ipv4Pool, "fd00:1::/64");
    run(to -> new VpnProtocol.CreateVpn("create", settings, to));
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> admit(
      String requestId, List<Admission> members) {
    return run(to -> new VpnProtocol.AdmitNodes(requestId, members, to));
  }
}
