package io.culvert.model.organization;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.addressing.Prefix;
import io.culvert.model.journal.Decision;
import io.culvert.model.organization.OrganizationProtocol.Reply;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Whatever pools are asked for, no two VPNs of an organization share an address. */
class OrganizationLedgerPropertyTest {
  private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");
  private static final ActorRef<Reply> NOBODY = TestInbox.<Reply>create().getRef();

  /** Registers a VPN with a pool of the given length, 0 for a default one; or removes the VPN. */
  record Step(int vpn, int ipv4Length, int ipv4Third, int ipv6Length, boolean removes) {
    @Nullable String ipv4Pool() {
      return ipv4Length == 0
          ? null
          : Prefix.parse("100.64.0.0/12")
                  .address((long) ipv4Third << (32 - ipv4Length))
                  .getHostAddress()
              + "/"
              + ipv4Length;
    }

    @Nullable String ipv6Pool() {
      return ipv6Length == 0 ? null : "fd00:0:%x::/%d".formatted(ipv4Third, ipv6Length);
    }
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 9),
            Arbitraries.of(0, 14, 16, 18, 20),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(0, 48, 64, 80),
            Arbitraries.of(true, false, false))
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 300)
  void noTwoVpnsShareAnAddressAndRepeatingChangesNothing(@ForAll("histories") List<Step> steps) {
    OrganizationLedger ledger =
        OrganizationLedger.absent("acme")
            .apply(new OrganizationEvent.OrganizationCreated("create", "Acme", NOW));
    Map<String, List<Range>> reserved = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      OrganizationProtocol.Change command = command(steps.get(i), "r-" + i);
      if (ledger.decide(command, NOW)
          instanceof Decision.Accept<OrganizationEvent, Reply>(var events, var reply)) {
        long before = ledger.revision();
        ledger = ledger.apply(events.getFirst());
        assertThat(ledger.revision()).isEqualTo(before + 1);
        assertThat(ledger.decide(command, NOW)).isEqualTo(Decision.answer(reply));
        follow(reserved, events.getFirst());
      }
    }
  }

  private static void follow(Map<String, List<Range>> reserved, OrganizationEvent event) {
    if (event instanceof OrganizationEvent.VpnRegistered vpn) {
      List<Range> pools = List.of(Range.of(vpn.ipv4Pool()), Range.of(vpn.ipv6Pool()));
      List<Range> taken = new ArrayList<>();
      reserved.values().forEach(taken::addAll);
      for (Range pool : pools) {
        assertThat(taken).noneMatch(pool::meets);
      }
      reserved.put(vpn.vpnName(), pools);
    } else if (event instanceof OrganizationEvent.VpnUnregistered vpn) {
      assertThat(reserved.remove(vpn.vpnName())).isNotNull();
    }
  }

  private static OrganizationProtocol.Change command(Step step, String requestId) {
    String vpn = "v" + step.vpn();
    return step.removes()
        ? new OrganizationProtocol.UnregisterVpn(requestId, vpn, NOBODY)
        : new OrganizationProtocol.RegisterVpn(
            requestId, vpn, step.ipv4Pool(), step.ipv6Pool(), NOBODY);
  }

  /** First and last address of a pool, as numbers: the naive way to see an overlap. */
  private record Range(int octets, BigInteger first, BigInteger last) {
    static Range of(String cidr) {
      Prefix prefix = Prefix.parse(cidr);
      BigInteger first = new BigInteger(1, prefix.network().getAddress());
      BigInteger last = first.add(prefix.size()).subtract(BigInteger.ONE);
      return new Range(prefix.network().getAddress().length, first, last);
    }

    boolean meets(Range other) {
      return octets == other.octets
          && first.compareTo(other.last) <= 0
          && other.first.compareTo(last) <= 0;
    }
  }
}
