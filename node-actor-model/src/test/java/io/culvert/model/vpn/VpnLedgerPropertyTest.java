package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.addressing.Places;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.Decision;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The ledger against a naive model of who has which address, under any sequence of commands. */
class VpnLedgerPropertyTest {
  private static final VpnId VPN = new VpnId("acme", "office");
  private static final VpnSettings SMALL =
      new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "100.64.0.0/28", "fd00:1::/64");

  /** One step: what is asked, by which request, and how long after the last one. */
  record Step(int kind, int node, int request, int minutesLater) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 17),
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(0, 90))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Property(tries = 300)
  void neverGivesOneAddressTwiceNorTooEarly(@ForAll("steps") List<Step> steps) {
    Instant now = Instant.parse("2026-11-25T00:00:00Z");
    VpnLedger ledger = created(now);
    VpnState replica = ledger.state();
    Map<InetAddress, NodeId> holders = new HashMap<>();
    Map<InetAddress, Instant> released = new HashMap<>();
    for (Step step : steps) {
      now = now.plus(Duration.ofMinutes(step.minutesLater()));
      VpnLedger before = ledger;
      for (VpnEvent event : events(ledger.decide(command(step), now))) {
        ledger = ledger.apply(event);
        replica = replica.apply(event);
        long step1 = event instanceof VpnEvent.NodeInformed ? 0 : 1;
        assertThat(ledger.state().revision()).isEqualTo(before.state().revision() + step1);
        followModel(event, now, before.state(), holders, released);
      }
      assertThat(replica).isEqualTo(ledger.state());
      assertConsistent(ledger.state(), holders);
    }
  }

  private static void followModel(
      VpnEvent event,
      Instant now,
      VpnState before,
      Map<InetAddress, NodeId> holders,
      Map<InetAddress, Instant> released) {
    if (event instanceof VpnEvent.NodeAdmitted admitted) {
      for (InetAddress address : List.of(admitted.virtualIpv4(), admitted.virtualIpv6())) {
        assertThat(holders).doesNotContainKey(address);
        Instant since = released.get(address);
        if (since != null) {
          assertThat(now).isAfterOrEqualTo(since.plus(Places.REST));
        }
        holders.put(address, admitted.node());
      }
    } else if (event instanceof VpnEvent.NodeRemoved removed) {
      Membership gone = before.memberships().get(removed.node());
      assertThat(gone).isNotNull();
      for (InetAddress address : List.of(gone.virtualIpv4(), gone.virtualIpv6())) {
        holders.remove(address);
        released.put(address, now);
      }
    }
  }

  private static void assertConsistent(VpnState state, Map<InetAddress, NodeId> holders) {
    Set<Integer> indexes = new HashSet<>();
    state
        .memberships()
        .forEach(
            (node, member) -> {
              assertThat(indexes.add(member.index())).isTrue();
              assertThat(holders.get(member.virtualIpv4())).isEqualTo(node);
              assertThat(holders.get(member.virtualIpv6())).isEqualTo(node);
            });
    assertThat(holders).hasSize(2 * state.memberships().size());
  }

  @Property(tries = 300)
  void answersARepeatedRequestAsTheFirstTime(@ForAll("steps") List<Step> steps) {
    Instant now = Instant.parse("2026-11-25T00:00:00Z");
    VpnLedger ledger = created(now);
    for (Step step : steps) {
      VpnProtocol.Change command = command(step);
      Decision<VpnEvent, Reply> first = ledger.decide(command, now);
      for (VpnEvent event : events(first)) {
        ledger = ledger.apply(event);
      }
      Decision<VpnEvent, Reply> again = ledger.decide(command, now);
      if (first instanceof Decision.Accept<VpnEvent, Reply>(var events, Reply reply)) {
        assertThat(events).isNotEmpty();
        assertThat(again).isEqualTo(Decision.answer(reply));
      }
    }
  }

  private static VpnLedger created(Instant now) {
    VpnLedger ledger = VpnLedger.absent(VPN);
    for (VpnEvent event :
        events(ledger.decide(new VpnProtocol.CreateVpn("create", SMALL, nobody()), now))) {
      ledger = ledger.apply(event);
    }
    return ledger;
  }

  private static List<VpnEvent> events(Decision<VpnEvent, Reply> decision) {
    return decision instanceof Decision.Accept<VpnEvent, Reply>(var events, Reply reply)
            && reply != null
        ? events
        : List.of();
  }

  private static VpnProtocol.Change command(Step step) {
    String request = "request-" + step.kind() + "-" + step.request();
    NodeId node = new NodeId("acme", "n" + step.node());
    return switch (step.kind()) {
      case 0, 1 -> new VpnProtocol.AdmitNode(request, node, Role.SPOKE, nobody());
      case 2 -> new VpnProtocol.RemoveNode(request, node, nobody());
      case 3 ->
          new VpnProtocol.ChangeRole(
              request, node, step.request() % 2 == 0 ? Role.HUB : Role.SPOKE, nobody());
      case 4 -> new VpnProtocol.RenewSecret(request, nobody());
      default ->
          new VpnProtocol.ChangeTopology(
              request,
              step.request() % 2 == 0 ? Topology.HUB_AND_SPOKE : Topology.FULL_MESH,
              nobody());
    };
  }

  /** The pure core never speaks to the asker. */
  @SuppressWarnings("NullAway") // The reference is only carried, never used.
  private static ActorRef<Reply> nobody() {
    @Nullable ActorRef<Reply> none = null;
    return none;
  }
}
