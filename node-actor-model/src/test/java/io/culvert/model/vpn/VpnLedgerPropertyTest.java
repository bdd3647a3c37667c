package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.Decision;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Any history of commands, with every command repeated, beside {@link NaiveVpn}. */
class VpnLedgerPropertyTest {
  private static final VpnId VPN = new VpnId("acme", "backbone");
  private static final Instant START = Instant.parse("2026-11-25T06:00:00Z");
  private static final ActorRef<Reply> NOBODY = TestInbox.<Reply>create().getRef();

  /** Room for five members, so that histories of eight nodes exhaust it. */
  private static final String IPV4_POOL = "10.0.0.0/29";

  private static final int CAPACITY = 5;

  private static final List<CipherSuite> CIPHERS = List.of(CipherSuite.values());

  /** One command, some time after the one before it; {@code repeats} picks an earlier one. */
  record Step(int kind, int node, boolean flag, Duration pause, int repeats) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Integer> kinds =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just(1)),
            Tuple.of(5, Arbitraries.just(2)),
            Tuple.of(3, Arbitraries.of(3, 4, 5, 6, 8)),
            Tuple.of(3, Arbitraries.just(7)),
            Tuple.of(1, Arbitraries.just(0)));
    Arbitrary<Step> steps =
        Combinators.combine(
                kinds,
                Arbitraries.integers().between(0, 7),
                Arbitraries.of(true, false),
                Arbitraries.of(0L, 1L, 10L, 30L, 59L, 60L).map(Duration::ofMinutes),
                Arbitraries.integers().between(0, 1000))
            .as(Step::new);
    return steps.list().ofMinSize(1).ofMaxSize(60);
  }

  @Property(tries = 400)
  void behavesAsTheNaiveModelAndRepeatingChangesNothing(
      @ForAll("histories") List<Step> steps, @ForAll boolean deletesAtTheEnd) {
    History history = new History();
    history.step(create("create"), Duration.ZERO);
    for (int i = 0; i < steps.size(); i++) {
      history.step(command(steps.get(i), "r-" + i), steps.get(i).pause());
      history.repeat(steps.get(i).repeats());
    }
    if (deletesAtTheEnd) {
      history.step(new VpnProtocol.DeleteVpn("delete", NOBODY), Duration.ofMinutes(1));
      history.step(create("again"), Duration.ofMinutes(1));
      history.step(new VpnProtocol.DeleteVpn("delete-again", NOBODY), Duration.ofMinutes(1));
    }
    history.isWhatItsEventsSay();
  }

  @Property(tries = 50)
  void nothingButCreationIsAcceptedBeforeIt(@ForAll("histories") List<Step> steps) {
    VpnLedger ledger = VpnLedger.absent(VPN);
    for (Step step : steps) {
      VpnProtocol.Change command = command(step, "r");
      if (!(command instanceof VpnProtocol.CreateVpn)) {
        assertThat(ledger.decide(command, START))
            .isInstanceOfSatisfying(
                Decision.Answer.class,
                answer ->
                    assertThat(answer.reply())
                        .isInstanceOfSatisfying(
                            VpnProtocol.Rejected.class,
                            rejected ->
                                assertThat(rejected.reason())
                                    .isEqualTo(VpnProtocol.Reason.NOT_FOUND)));
      }
    }
  }

  private static VpnProtocol.Change create(String requestId) {
    return new VpnProtocol.CreateVpn(
        requestId,
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, IPV4_POOL, "fd00:1::/64"),
        NOBODY);
  }

  private static VpnProtocol.Change command(Step step, String requestId) {
    NodeId node = new NodeId("acme", "n" + step.node());
    Role role = step.flag() ? Role.HUB : Role.SPOKE;
    return switch (step.kind()) {
      case 0 -> create(requestId);
      case 1 -> new VpnProtocol.AdmitNode(requestId, node, role, NOBODY);
      case 2 -> new VpnProtocol.RemoveNode(requestId, node, NOBODY);
      case 3 -> new VpnProtocol.ChangeRole(requestId, node, role, NOBODY);
      case 4 ->
          new VpnProtocol.ChangeCipherSuite(
              requestId,
              step.flag()
                  ? CipherSuite.TRIPLE_DES_CBC_HMAC_SHA256
                  : CIPHERS.get(step.repeats() % CIPHERS.size()),
              NOBODY);
      case 5 ->
          new VpnProtocol.ChangeTopology(
              requestId, step.flag() ? Topology.HUB_AND_SPOKE : Topology.FULL_MESH, NOBODY);
      case 6 -> new VpnProtocol.RenewSecret(requestId, NOBODY);
      case 8 -> new VpnProtocol.ChangeLegacyPermission(requestId, step.flag(), NOBODY);
      default -> new VpnProtocol.AdmitNodes(requestId, several(step), NOBODY);
    };
  }

  /** Some nodes, one of them perhaps twice, or in two roles. */
  private static List<VpnProtocol.Admission> several(Step step) {
    return IntStream.rangeClosed(0, step.repeats() % 6)
        .mapToObj(
            i ->
                new VpnProtocol.Admission(
                    new NodeId("acme", "n" + (step.node() + i * step.repeats()) % 8),
                    step.flag() && i % 4 != 3 ? Role.HUB : Role.SPOKE))
        .toList();
  }

  /** One run of the ledger, its replica at a feed, and the naive model, side by side. */
  private static final class History {
    private final NaiveVpn naive = new NaiveVpn(CAPACITY);
    private final List<VpnEvent> journal = new ArrayList<>();
    private final List<VpnProtocol.Change> accepted = new ArrayList<>();
    private final Map<String, Reply> replies = new HashMap<>();
    private VpnLedger ledger = VpnLedger.absent(VPN);
    private VpnState replica = VpnState.absent(VPN);
    private Instant now = START;

    void step(VpnProtocol.Change command, Duration pause) {
      now = now.plus(pause);
      VpnProtocol.@Nullable Reason refusal = naive.obey(command, now);
      Reply reply = perform(command);
      if (refusal == null && command instanceof VpnProtocol.AdmitNodes admit) {
        allAreMembers(admit, reply);
      } else if (refusal == null) {
        assertThat(reply).isInstanceOf(VpnProtocol.Changed.class);
        assertThat(perform(command)).isEqualTo(reply);
      } else {
        assertThat(reply)
            .isInstanceOfSatisfying(
                VpnProtocol.Rejected.class,
                rejected -> assertThat(rejected.reason()).isEqualTo(refusal));
      }
      agree();
    }

    private void allAreMembers(VpnProtocol.AdmitNodes admit, Reply reply) {
      Set<NodeId> nodes =
          admit.nodes().stream().map(VpnProtocol.Admission::node).collect(Collectors.toSet());
      assertThat(ledger.state().memberships()).containsKeys(nodes.toArray(NodeId[]::new));
      assertThat(reply)
          .isInstanceOfSatisfying(
              VpnProtocol.NodesAdmitted.class,
              admitted -> {
                assertThat(admitted.revision()).isEqualTo(ledger.state().revision());
                assertThat(nodes).containsAll(admitted.admitted());
              });
      assertThat(perform(admit)).isEqualTo(withoutNews(reply));
    }

    /** Of a repeated command nobody is new. */
    private static Reply withoutNews(Reply reply) {
      return reply instanceof VpnProtocol.NodesAdmitted admitted
          ? new VpnProtocol.NodesAdmitted(admitted.revision(), Set.of())
          : reply;
    }

    /** A command that was accepted any time ago arrives once more. */
    void repeat(int which) {
      if (!accepted.isEmpty()) {
        VpnProtocol.Change command = accepted.get(which % accepted.size());
        int before = journal.size();
        assertThat(perform(command))
            .isEqualTo(withoutNews(Objects.requireNonNull(replies.get(command.requestId()))));
        assertThat(journal).hasSize(before);
      }
    }

    private Reply perform(VpnProtocol.Change command) {
      if (command instanceof VpnProtocol.AdmitNodes admit && !accepted.contains(command)) {
        Reply reviewed =
            ledger.review(new VpnProtocol.ReviewAdmissions(admit.nodes(), NOBODY), now);
        assertThat(answer(command)).isEqualTo(reviewed);
      }
      return journalled(command);
    }

    private Reply answer(VpnProtocol.Change command) {
      return switch (ledger.decide(command, now)) {
        case Decision.Accept<VpnEvent, Reply>(var events, var reply) -> reply;
        case Decision.Answer<VpnEvent, Reply>(var reply) -> reply;
      };
    }

    private Reply journalled(VpnProtocol.Change command) {
      return switch (ledger.decide(command, now)) {
        case Decision.Accept<VpnEvent, Reply>(var events, var reply) -> {
          for (VpnEvent event : events) {
            assertThat(event.at()).isEqualTo(now);
            long before = ledger.state().revision();
            ledger = ledger.apply(event);
            replica = replica.apply(event);
            assertThat(ledger.state().revision()).isEqualTo(before + 1);
          }
          journal.addAll(events);
          accepted.add(command);
          replies.put(command.requestId(), reply);
          yield reply;
        }
        case Decision.Answer<VpnEvent, Reply>(var reply) -> reply;
      };
    }

    private void agree() {
      VpnState state = ledger.state();
      assertThat(replica).isEqualTo(state);
      assertThat(state.revision()).isEqualTo(naive.revision());
      assertThat(state.epoch()).isEqualTo(naive.epoch());
      assertThat(state.settings().cipherSuite()).isEqualTo(naive.cipherSuite());
      assertThat(state.legacyAllowed()).isEqualTo(naive.legacyAllowed());
      assertThat(state.legacyAllowed() || !state.settings().cipherSuite().isLegacy()).isTrue();
      assertThat(state.settings().topology()).isEqualTo(naive.topology());
      assertThat(state.lifecycle() == VpnState.Lifecycle.DELETED).isEqualTo(naive.deleted());
      Map<NodeId, Integer> indexes = new HashMap<>();
      Map<NodeId, Role> roles = new HashMap<>();
      Set<InetAddress> addresses = new HashSet<>();
      state
          .memberships()
          .forEach(
              (node, member) -> {
                indexes.put(node, member.index());
                roles.put(node, member.role());
                addresses.add(member.virtualIpv4());
                addresses.add(member.virtualIpv6());
              });
      assertThat(indexes).isEqualTo(naive.indexes());
      assertThat(roles).isEqualTo(naive.roles());
      assertThat(indexes.values()).doesNotHaveDuplicates();
      assertThat(addresses).hasSize(2 * indexes.size());
    }

    /** A recovery folds the same events; each address rested an hour between two members. */
    void isWhatItsEventsSay() {
      VpnLedger recovered = VpnLedger.absent(VPN);
      Map<InetAddress, Instant> freedAt = new HashMap<>();
      Map<NodeId, VpnEvent.NodeAdmitted> members = new HashMap<>();
      for (VpnEvent event : journal) {
        recovered = recovered.apply(event);
        if (event instanceof VpnEvent.NodeAdmitted admitted) {
          members.put(admitted.node(), admitted);
          for (InetAddress address :
              List.<InetAddress>of(admitted.virtualIpv4(), admitted.virtualIpv6())) {
            Instant freed = freedAt.get(address);
            assertThat(freed == null || !admitted.at().isBefore(freed.plus(Duration.ofHours(1))))
                .as("%s rested", address)
                .isTrue();
            freedAt.put(address, Instant.MAX.minus(Duration.ofDays(1)));
          }
        } else if (event instanceof VpnEvent.NodeRemoved removed) {
          VpnEvent.NodeAdmitted left = members.remove(removed.node());
          assertThat(left).isNotNull();
          freedAt.put(left.virtualIpv4(), removed.at());
          freedAt.put(left.virtualIpv6(), removed.at());
        }
      }
      assertThat(recovered).isEqualTo(ledger);
    }
  }
}
