package io.culvert.model.organization;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.HandClock;
import io.culvert.model.organization.OrganizationProtocol.Changed;
import io.culvert.model.organization.OrganizationProtocol.CurrentState;
import io.culvert.model.organization.OrganizationProtocol.Reason;
import io.culvert.model.organization.OrganizationProtocol.Rejected;
import io.culvert.model.organization.OrganizationProtocol.Reply;
import io.culvert.model.organization.OrganizationProtocol.VpnRegistered;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Organization entity on an in-memory journal; every scenario ends with a recovery. */
class OrganizationEntityTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(EventSourcedBehaviorTestKit.config());
  private static final String VERIFIER = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

  private final EventSourcedBehaviorTestKit<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger>
      entity =
          EventSourcedBehaviorTestKit.create(
              ACTORS.system(),
              OrganizationEntity.create("acme", new HandClock()),
              EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true));

  @BeforeEach
  void forgetTheTestBefore() {
    entity.clear();
  }

  @AfterEach
  void recoversWhatItWas() {
    OrganizationLedger before = entity.getState();
    assertThat(entity.restart().state()).isEqualTo(before);
  }

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void isCreatedOnce() {
    assertThat(create("r-1").reply()).isEqualTo(new Changed(1));
    assertThat(create("r-1").hasNoEvents()).isTrue();
    assertThat(create("r-2").hasNoEvents()).isTrue();
    assertThat(read().displayName()).isEqualTo("Acme Corporation");
  }

  @Test
  void answersForAnOrganizationThatDoesNotExist() {
    assertRejected(run(OrganizationProtocol.ReadOrganization::new), Reason.NOT_FOUND);
    assertRejected(registerVpn("r-1", "backbone", null, null), Reason.NOT_FOUND);
    assertRejected(
        run(to -> new OrganizationProtocol.RegisterNode("r-2", "berlin", to)), Reason.NOT_FOUND);
    assertRejected(register("r-3", List.of("berlin")), Reason.NOT_FOUND);
  }

  @Test
  void reservesThePoolsThatWereNamed() {
    create("r-1");
    VpnRegistered reserved = new VpnRegistered("backbone", "10.0.0.0/16", "fd00:1:0:0:0:0:0:0/64");
    assertThat(registerVpn("r-2", "backbone", "10.0.0.0/16", "fd00:1::/64").reply())
        .isEqualTo(reserved);
    assertThat(registerVpn("r-2", "backbone", "10.0.0.0/16", "fd00:1::/64").reply())
        .isEqualTo(reserved);
    CommandResultWithReply<?, ?, ?, Reply> byMeaning =
        registerVpn("r-3", "backbone", "10.0.0.0/16", "fd00:0001::/64");
    assertThat(byMeaning.reply()).isEqualTo(reserved);
    assertThat(byMeaning.hasNoEvents()).isTrue();
    assertThat(registerVpn("r-4", "backbone", null, null).reply()).isEqualTo(reserved);
  }

  @Test
  void refusesPoolsThatOverlapOrAreNone() {
    create("r-1");
    registerVpn("r-2", "backbone", "10.0.0.0/16", "fd00:1::/64");
    assertRejected(registerVpn("r-3", "other", "10.0.128.0/24", null), Reason.POOL_CONFLICT);
    assertRejected(registerVpn("r-4", "other", "10.0.0.0/8", null), Reason.POOL_CONFLICT);
    assertRejected(registerVpn("r-5", "other", null, "fd00:1::/48"), Reason.POOL_CONFLICT);
    assertRejected(registerVpn("r-6", "backbone", "10.1.0.0/16", null), Reason.POOL_CONFLICT);
    assertRejected(registerVpn("r-7", "other", "10.0.0.1/16", null), Reason.INVALID);
    assertRejected(registerVpn("r-8", "other", "fd00::/64", null), Reason.INVALID);
    assertRejected(registerVpn("r-9", "backbone", "nonsense", null), Reason.INVALID);
    assertRejected(registerVpn("r-10", "Not A Name", null, null), Reason.INVALID);
  }

  @Test
  void choosesPoolsThatAreFree() {
    create("r-1");
    registerVpn("r-2", "named", "100.65.0.0/16", null);
    VpnRegistered first = registerVpn("r-3", "first", null, null).replyOfType(VpnRegistered.class);
    VpnRegistered second =
        registerVpn("r-4", "second", null, null).replyOfType(VpnRegistered.class);
    assertThat(first.ipv4Pool()).isEqualTo("100.64.0.0/16");
    assertThat(second.ipv4Pool()).isEqualTo("100.66.0.0/16");
    assertThat(first.ipv6Pool()).startsWith("fd").endsWith("/64").isNotEqualTo(second.ipv6Pool());
  }

  @Test
  void saysWhenNoDefaultPoolIsLeft() {
    create("r-1");
    for (int i = 0; i < 64; i++) {
      assertThat(registerVpn("r-2-" + i, "v" + i, null, null).reply())
          .isInstanceOf(VpnRegistered.class);
    }
    assertRejected(registerVpn("r-3", "one-more", null, null), Reason.POOL_EXHAUSTED);
    run(to -> new OrganizationProtocol.UnregisterVpn("r-4", "v7", to));
    assertThat(
            registerVpn("r-5", "one-more", null, null).replyOfType(VpnRegistered.class).ipv4Pool())
        .isEqualTo("100.71.0.0/16");
  }

  @Test
  void keepsTheIndexOfNodes() {
    create("r-1");
    run(to -> new OrganizationProtocol.RegisterNode("r-2", "berlin", to));
    assertThat(run(to -> new OrganizationProtocol.RegisterNode("r-3", "berlin", to)).hasNoEvents())
        .isTrue();
    assertRejected(
        run(to -> new OrganizationProtocol.RegisterNode("r-4", "-", to)), Reason.INVALID);
    assertThat(read().nodes()).containsExactly("berlin");
    run(to -> new OrganizationProtocol.UnregisterNode("r-5", "berlin", to));
    assertThat(
            run(to -> new OrganizationProtocol.UnregisterNode("r-6", "berlin", to)).hasNoEvents())
        .isTrue();
    assertThat(read().nodes()).isEmpty();
  }

  @Test
  void entersManyNodesAtOneTime() {
    create("r-1");
    run(to -> new OrganizationProtocol.RegisterNode("r-2", "n7", to));
    CommandResultWithReply<?, OrganizationEvent, ?, Reply> registered =
        register("r-3", names(1_000));
    assertThat(registered.events()).hasSize(999);
    assertThat(registered.reply()).isEqualTo(new Changed(1_001));
    assertThat(read().nodes()).containsExactlyInAnyOrderElementsOf(names(1_000));
    assertThat(register("r-3", names(1_000)).hasNoEvents()).isTrue();
    assertThat(register("r-3", names(1_000)).reply()).isEqualTo(new Changed(1_001));
    assertThat(register("r-4", names(1_000)).hasNoEvents()).isTrue();
    assertThat(create("r-1").reply()).as("not forgotten").isEqualTo(new Changed(1));
    run(to -> new OrganizationProtocol.UnregisterNode("r-5", "n7", to));
    assertThat(register("r-3", names(1_000)).hasNoEvents()).as("an old one comes late").isTrue();
  }

  @Test
  void entersNoneOfManyNodesIfOneIsWrong() {
    create("r-1");
    assertRejected(register("r-2", List.of("good", "Not A Name")), Reason.INVALID);
    assertRejected(register("r-3", names(1_001)), Reason.INVALID);
    assertThat(read().nodes()).isEmpty();
    assertThat(register("r-4", List.of("twice", "twice")).reply()).isEqualTo(new Changed(2));
    assertThat(register("r-5", List.of()).hasNoEvents()).isTrue();
  }

  private CommandResultWithReply<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger, Reply>
      register(String requestId, List<String> names) {
    return run(to -> new OrganizationProtocol.RegisterNodes(requestId, names, to));
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "n" + i).toList();
  }

  @Test
  void keepsAdministratorsAndShowsTheirVerifiersToNoLog() {
    create("r-1");
    run(to -> new OrganizationProtocol.SetAdministrator("r-2", "alice", VERIFIER, to));
    assertThat(
            run(to -> new OrganizationProtocol.SetAdministrator("r-3", "alice", VERIFIER, to))
                .hasNoEvents())
        .isTrue();
    assertThat(read().administrators()).containsEntry("alice", VERIFIER);
    assertThat(read().toString() + entity.getState()).doesNotContain(VERIFIER);
    run(to -> new OrganizationProtocol.RemoveAdministrator("r-4", "alice", to));
    assertThat(run(to -> new OrganizationProtocol.RemoveAdministrator("r-5", "alice", to)).reply())
        .isEqualTo(new Changed(3));
    assertThat(read().administrators()).isEmpty();
  }

  private CommandResultWithReply<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger, Reply>
      run(Function<ActorRef<Reply>, OrganizationProtocol.Command> command) {
    return entity.runCommand(command);
  }

  private CommandResultWithReply<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger, Reply>
      create(String requestId) {
    return run(
        to -> new OrganizationProtocol.CreateOrganization(requestId, "Acme Corporation", to));
  }

  private CommandResultWithReply<
          OrganizationProtocol.Command, OrganizationEvent, OrganizationLedger, Reply>
      registerVpn(
          String requestId, String name, @Nullable String ipv4Pool, @Nullable String ipv6Pool) {
    return run(to -> new OrganizationProtocol.RegisterVpn(requestId, name, ipv4Pool, ipv6Pool, to));
  }

  private CurrentState read() {
    return run(OrganizationProtocol.ReadOrganization::new).replyOfType(CurrentState.class);
  }

  private static void assertRejected(CommandResultWithReply<?, ?, ?, Reply> result, Reason reason) {
    assertThat(result.hasNoEvents()).isTrue();
    Rejected rejected = result.replyOfType(Rejected.class);
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.message()).isNotBlank();
  }
}
