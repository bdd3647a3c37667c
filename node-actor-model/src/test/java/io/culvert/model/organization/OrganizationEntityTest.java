package io.culvert.model.organization;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.journal.EntityTestKits;
import io.culvert.model.journal.TestClock;
import io.culvert.model.organization.OrganizationProtocol.Changed;
import io.culvert.model.organization.OrganizationProtocol.Reason;
import io.culvert.model.organization.OrganizationProtocol.Rejected;
import io.culvert.model.organization.OrganizationProtocol.Reply;
import io.culvert.model.organization.OrganizationProtocol.VpnRegistered;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrganizationEntityTest {
  private final ActorTestKit actors = EntityTestKits.start();
  private final EventSourcedBehaviorTestKit<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger>
      kit =
          EventSourcedBehaviorTestKit.create(
              actors.system(),
              OrganizationEntity.create("acme", new TestClock()),
              EntityTestKits.verifyEverything());

  @AfterEach
  void stop() {
    actors.shutdownTestKit();
  }

  private Reply ask(Function<ActorRef<Reply>, OrganizationProtocol.Command> command) {
    return kit.runCommand(command).reply();
  }

  private void create() {
    assertThat(ask(r -> new OrganizationProtocol.CreateOrganization("c", "Acme", r)))
        .isEqualTo(new Changed(1));
  }

  private Reply register(String requestId, String name, @Nullable String ipv4) {
    return ask(r -> new OrganizationProtocol.RegisterVpn(requestId, name, ipv4, null, r));
  }

  private static void assertReason(Reason reason, Reply reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  @Test
  void refusesEverythingBeforeItIsCreated() {
    assertReason(Reason.NOT_FOUND, register("1", "office", null));
    assertReason(Reason.NOT_FOUND, ask(r -> new OrganizationProtocol.RegisterNode("2", "ann", r)));
    assertReason(Reason.NOT_FOUND, ask(OrganizationProtocol.ReadOrganization::new));
  }

  @Test
  void givesEachVpnPoolsOfItsOwnAndTheSameOnesAgain() {
    create();
    VpnRegistered office = (VpnRegistered) register("1", "office", null);
    VpnRegistered lab = (VpnRegistered) register("2", "lab", null);
    assertThat(office.ipv4Pool()).isEqualTo("100.64.0.0/16");
    assertThat(lab.ipv4Pool()).isEqualTo("100.65.0.0/16");
    assertThat(office.ipv6Pool()).startsWith("fd").isNotEqualTo(lab.ipv6Pool());
    kit.restart();
    assertThat(register("1", "office", null)).isEqualTo(office);
    assertThat(register("3", "office", null)).isEqualTo(office);
  }

  @Test
  void refusesOverlappingAndMalformedPools() {
    create();
    var _ = register("1", "office", "10.8.0.0/16");
    assertReason(Reason.POOL_CONFLICT, register("2", "lab", "10.8.128.0/24"));
    assertReason(Reason.POOL_CONFLICT, register("3", "office", "10.9.0.0/16"));
    assertReason(Reason.INVALID, register("4", "lab", "10.8.0.1/16"));
    assertReason(Reason.INVALID, register("5", "lab", "nonsense"));
    assertReason(Reason.INVALID, register("6", "Not A Name", null));
  }

  @Test
  void restoresItsIndexAfterARestart() {
    create();
    var _ = ask(r -> new OrganizationProtocol.RegisterNode("n", "ann", r));
    var _ = ask(r -> new OrganizationProtocol.SetAdministrator("a", "boss", "$argon2id$x", r));
    OrganizationLedger before = kit.getState();
    kit.restart();
    assertThat(kit.getState()).isEqualTo(before);
    assertThat(before.toString()).doesNotContain("argon2id");
    var _ = ask(r -> new OrganizationProtocol.UnregisterNode("n2", "ann", r));
    var _ = ask(r -> new OrganizationProtocol.RemoveAdministrator("a2", "boss", r));
    assertThat(kit.getState().nodes()).isEmpty();
    assertThat(kit.getState().administrators()).isEmpty();
  }
}
