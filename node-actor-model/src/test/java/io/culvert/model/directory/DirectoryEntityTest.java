package io.culvert.model.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.directory.DirectoryProtocol.Changed;
import io.culvert.model.directory.DirectoryProtocol.Reason;
import io.culvert.model.directory.DirectoryProtocol.Rejected;
import io.culvert.model.directory.DirectoryProtocol.Reply;
import io.culvert.model.journal.EntityTestKits;
import io.culvert.model.journal.TestClock;
import java.util.Objects;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DirectoryEntityTest {
  private final ActorTestKit actors = EntityTestKits.start();
  private final EventSourcedBehaviorTestKit<
          DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger>
      kit =
          EventSourcedBehaviorTestKit.create(
              actors.system(),
              DirectoryEntity.create(new TestClock()),
              EntityTestKits.verifyEverything());

  @AfterEach
  void stop() {
    actors.shutdownTestKit();
  }

  private Reply ask(Function<ActorRef<Reply>, DirectoryProtocol.Command> command) {
    return kit.runCommand(command).reply();
  }

  private static void assertReason(Reason reason, Reply reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  @Test
  void makesTheFirstOperatorOnce() {
    assertThat(ask(r -> new DirectoryProtocol.Initialize("1", "admin", "v1", r)))
        .isEqualTo(new Changed(1));
    kit.restart();
    assertReason(
        Reason.INITIALIZED, ask(r -> new DirectoryProtocol.Initialize("2", "admin", "v2", r)));
    assertThat(isOneTime("admin")).isTrue();
    var _ = ask(r -> new DirectoryProtocol.SetOperator("3", "admin", "v3", r));
    assertThat(isOneTime("admin")).isFalse();
  }

  private boolean isOneTime(String operator) {
    return Objects.requireNonNull(kit.getState().operators().get(operator)).oneTime();
  }

  @Test
  void keepsTheLastOperator() {
    var _ = ask(r -> new DirectoryProtocol.SetOperator("1", "ann", "v", r));
    var _ = ask(r -> new DirectoryProtocol.SetOperator("2", "bob", "v", r));
    assertThat(ask(r -> new DirectoryProtocol.RemoveOperator("3", "bob", r)))
        .isInstanceOf(Changed.class);
    assertReason(
        Reason.LAST_OPERATOR, ask(r -> new DirectoryProtocol.RemoveOperator("4", "ann", r)));
    assertThat(ask(r -> new DirectoryProtocol.RemoveOperator("5", "nobody", r)))
        .isInstanceOf(Changed.class);
  }

  @Test
  void listsOrganizationsOnce() {
    var _ = ask(r -> new DirectoryProtocol.RegisterOrganization("1", "acme", r));
    var again =
        kit.<Reply>runCommand(r -> new DirectoryProtocol.RegisterOrganization("2", "acme", r));
    assertThat(again.events()).isEmpty();
    assertReason(
        Reason.INVALID, ask(r -> new DirectoryProtocol.RegisterOrganization("3", "Not A Name", r)));
    assertThat(kit.getState().organizations()).containsExactly("acme");
  }
}
