package io.culvert.model.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.HandClock;
import io.culvert.model.directory.DirectoryProtocol.Changed;
import io.culvert.model.directory.DirectoryProtocol.CurrentState;
import io.culvert.model.directory.DirectoryProtocol.OperatorAccount;
import io.culvert.model.directory.DirectoryProtocol.Reason;
import io.culvert.model.directory.DirectoryProtocol.Rejected;
import io.culvert.model.directory.DirectoryProtocol.Reply;
import io.culvert.model.journal.RecentRequests;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Directory entity on an in-memory journal; every scenario ends with a recovery. */
class DirectoryEntityTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(EventSourcedBehaviorTestKit.config());

  private final EventSourcedBehaviorTestKit<
          DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger>
      entity =
          EventSourcedBehaviorTestKit.create(
              ACTORS.system(),
              DirectoryEntity.create(new HandClock()),
              EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true));

  @BeforeEach
  void forgetTheTestBefore() {
    entity.clear();
  }

  @AfterEach
  void recoversWhatItWas() {
    DirectoryLedger before = entity.getState();
    assertThat(entity.restart().state()).isEqualTo(before);
  }

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void getsItsFirstOperatorOnce() {
    assertThat(initialize("start-1").reply()).isEqualTo(new Changed(1));
    assertThat(initialize("start-1").hasNoEvents()).isTrue();
    entity.restart();
    assertRejected(initialize("start-2"), Reason.INITIALIZED);
    assertThat(read().operators()).containsEntry("root", new OperatorAccount("one-time", true));
  }

  @Test
  void aNewPasswordIsNoOneTimePassword() {
    initialize("start-1");
    assertThat(setOperator("r-1", "root", "chosen").reply()).isEqualTo(new Changed(2));
    assertThat(setOperator("r-2", "root", "chosen").hasNoEvents()).isTrue();
    assertThat(read().operators()).containsEntry("root", new OperatorAccount("chosen", false));
    assertThat(read().toString() + entity.getState()).doesNotContain("chosen");
  }

  @Test
  void theLastOperatorStays() {
    initialize("start-1");
    assertRejected(removeOperator("r-1", "root"), Reason.LAST_OPERATOR);
    setOperator("r-2", "alice", "chosen");
    assertThat(removeOperator("r-3", "root").reply()).isEqualTo(new Changed(3));
    assertThat(removeOperator("r-4", "root").reply()).isEqualTo(new Changed(3));
    assertRejected(removeOperator("r-5", "alice"), Reason.LAST_OPERATOR);
  }

  @Test
  void listsOrganizations() {
    assertThat(register("r-1", "acme").reply()).isEqualTo(new Changed(1));
    assertThat(register("r-2", "acme").hasNoEvents()).isTrue();
    assertRejected(register("r-3", "Not A Name"), Reason.INVALID);
    register("r-4", "abc");
    assertThat(read().organizations()).containsExactly("abc", "acme");
  }

  @Test
  void remembersTheLastRequestsOnly() {
    initialize("start-1");
    setOperator("first", "alice", "a-0");
    for (int i = 1; i < RecentRequests.CAPACITY; i++) {
      setOperator("r-" + i, "alice", "a-" + i);
    }
    assertThat(setOperator("first", "alice", "a-0").reply()).isEqualTo(new Changed(2));
    setOperator("one-more", "alice", "b");
    assertThat(entity.getState().requests().entries()).hasSize(RecentRequests.CAPACITY);
    assertThat(setOperator("first", "alice", "a-0").hasNoEvents()).isFalse();
  }

  private CommandResultWithReply<DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger, Reply>
      run(Function<ActorRef<Reply>, DirectoryProtocol.Command> command) {
    return entity.runCommand(command);
  }

  private CommandResultWithReply<DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger, Reply>
      initialize(String requestId) {
    return run(to -> new DirectoryProtocol.Initialize(requestId, "root", "one-time", to));
  }

  private CommandResultWithReply<DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger, Reply>
      setOperator(String requestId, String userName, String verifier) {
    return run(to -> new DirectoryProtocol.SetOperator(requestId, userName, verifier, to));
  }

  private CommandResultWithReply<DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger, Reply>
      removeOperator(String requestId, String userName) {
    return run(to -> new DirectoryProtocol.RemoveOperator(requestId, userName, to));
  }

  private CommandResultWithReply<DirectoryProtocol.Command, DirectoryEvent, DirectoryLedger, Reply>
      register(String requestId, String name) {
    return run(to -> new DirectoryProtocol.RegisterOrganization(requestId, name, to));
  }

  private CurrentState read() {
    return run(DirectoryProtocol.ReadDirectory::new).replyOfType(CurrentState.class);
  }

  private static void assertRejected(CommandResultWithReply<?, ?, ?, Reply> result, Reason reason) {
    assertThat(result.hasNoEvents()).isTrue();
    Rejected rejected = result.replyOfType(Rejected.class);
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.message()).isNotBlank();
  }
}
