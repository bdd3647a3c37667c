package io.culvert.model.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.Decision;
import io.culvert.model.node.NodeProtocol.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;

/** Any history of one node's commands, with commands repeated at any later time. */
class NodeLedgerPropertyTest {
  private static final NodeId NODE = new NodeId("acme", "berlin");
  private static final Instant START = Instant.parse("2026-11-25T06:00:00Z");
  private static final ActorRef<Reply> NOBODY = TestInbox.<Reply>create().getRef();
  private static final Duration LIFETIME = Duration.ofHours(1);

  /** One command, some time after the one before it; {@code repeats} picks an earlier one. */
  record Step(int kind, int token, Duration pause, int repeats) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 6),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(0L, 10L, 59L, 60L).map(Duration::ofMinutes),
            Arbitraries.integers().between(0, 1000))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  @Property(tries = 400)
  void enrolsOnceForEachTokenAndRepeatingChangesNothing(@ForAll("histories") List<Step> steps) {
    List<NodeProtocol.Change> accepted = new ArrayList<>();
    Map<String, Reply> replies = new HashMap<>();
    List<NodeEvent> journal = new ArrayList<>();
    NodeLedger ledger = NodeLedger.absent(NODE);
    Instant now = START;
    for (int i = -1; i < steps.size(); i++) {
      Step step = i < 0 ? new Step(0, 0, Duration.ZERO, 0) : steps.get(i);
      now = now.plus(step.pause());
      NodeProtocol.Change command = command(step, "r-" + i, now);
      if (ledger.decide(command, now)
          instanceof Decision.Accept<NodeEvent, Reply>(var events, var reply)) {
        assertThat(events).hasSize(1);
        ledger = ledger.apply(events.getFirst());
        journal.addAll(events);
        accepted.add(command);
        replies.put(command.requestId(), reply);
        assertThat(reply).isEqualTo(new NodeProtocol.Changed(journal.size()));
      }
      assertThat(ledger.revision()).isEqualTo(journal.size());
      NodeProtocol.Change earlier = accepted.get(step.repeats() % accepted.size());
      assertThat(ledger.decide(earlier, now))
          .isEqualTo(Decision.answer(Objects.requireNonNull(replies.get(earlier.requestId()))));
    }
    assertThat(journal.stream().reduce(NodeLedger.absent(NODE), NodeLedger::apply, (a, b) -> b))
        .isEqualTo(ledger);
    eachTokenWasSpentInTimeAndOnce(journal);
  }

  /**
   * However often a node is imported between other commands: it exists once, and a token that an
   * import gives back is the one that enrols it.
   */
  @Property(tries = 400)
  void importsOnceAndGivesBackATokenThatEnrols(@ForAll("histories") List<Step> steps) {
    NodeLedger ledger = NodeLedger.absent(NODE);
    List<NodeEvent> journal = new ArrayList<>();
    Instant now = START;
    int created = 0;
    for (int i = 0; i < steps.size(); i++) {
      now = now.plus(steps.get(i).pause());
      NodeProtocol.Change command = command(steps.get(i), "r-" + i, now);
      NodeProtocol.ImportNode take =
          new NodeProtocol.ImportNode(
              "i-" + i, new NodeLedger.Token("%064x".formatted(i), now.plus(LIFETIME)), NOBODY);
      for (NodeProtocol.Change each : List.of(command, take)) {
        Decision<NodeEvent, Reply> decision = ledger.decide(each, now);
        if (decision instanceof Decision.Accept<NodeEvent, Reply>(var events, var reply)) {
          for (NodeEvent event : events) {
            ledger = ledger.apply(event);
          }
          journal.addAll(events);
        }
        if (replyOf(decision) instanceof NodeProtocol.NodeImported imported) {
          created += imported.created() ? 1 : 0;
          assertThat(ledger.decide(take, now)).isEqualTo(Decision.answer(imported));
          if (imported.token() == null) {
            assertThat(isEnrolled(ledger)).isTrue();
          } else if (!ledger.suspended()) {
            assertThat(ledger.decide(enrol(imported.token()), now))
                .isInstanceOf(Decision.Accept.class);
          }
        }
      }
    }
    assertThat(created).isEqualTo(isCreatedBy(journal, "i-") ? 1 : 0);
    eachTokenWasSpentInTimeAndOnce(journal);
  }

  private static Reply replyOf(Decision<NodeEvent, Reply> decision) {
    return switch (decision) {
      case Decision.Accept<NodeEvent, Reply>(var events, var reply) -> reply;
      case Decision.Answer<NodeEvent, Reply>(var reply) -> reply;
    };
  }

  private static boolean isEnrolled(NodeLedger ledger) {
    return ledger.certificateFingerprint() != null || ledger.password() != null;
  }

  private static boolean isCreatedBy(List<NodeEvent> journal, String prefix) {
    return !journal.isEmpty()
        && journal.getFirst() instanceof NodeEvent.NodeCreated created
        && created.requestId().startsWith(prefix);
  }

  private static NodeProtocol.Change enrol(NodeLedger.Token token) {
    return new NodeProtocol.EnrolWithToken("enrol", token.digest(), "f".repeat(64), NOBODY);
  }

  /** A naive check of the journal alone. */
  private static void eachTokenWasSpentInTimeAndOnce(List<NodeEvent> journal) {
    Map<String, Instant> valid = new HashMap<>();
    boolean suspended = false;
    boolean deleted = false;
    for (NodeEvent event : journal) {
      assertThat(deleted).isFalse();
      switch (event) {
        case NodeEvent.TokenIssued issued -> {
          valid.clear();
          valid.put(issued.tokenDigest(), issued.expiresAt());
        }
        case NodeEvent.CertificateBound bound -> {
          assertThat(suspended).isFalse();
          Instant expiresAt = valid.remove(bound.spentTokenDigest());
          assertThat(expiresAt).isNotNull().isAfter(bound.at());
        }
        case NodeEvent.NodeSuspended e -> {
          assertThat(suspended).isFalse();
          suspended = true;
        }
        case NodeEvent.NodeResumed e -> {
          assertThat(suspended).isTrue();
          suspended = false;
        }
        case NodeEvent.NodeDeleted e -> deleted = true;
        case NodeEvent.NodeCreated e -> assertThat(journal.indexOf(event)).isZero();
        case NodeEvent.PasswordSet e -> assertThat(e.userName()).isEqualTo("berlin");
        case NodeEvent.MembershipRecorded e -> throw new AssertionError("not commanded");
      }
    }
  }

  private static NodeProtocol.Change command(Step step, String requestId, Instant now) {
    String digest = Integer.toString(step.token()).repeat(64);
    return switch (step.kind()) {
      case 0 -> new NodeProtocol.CreateNode(requestId, NOBODY);
      case 1 -> new NodeProtocol.IssueToken(requestId, digest, now.plus(LIFETIME), NOBODY);
      case 2, 3 -> new NodeProtocol.EnrolWithToken(requestId, digest, "f".repeat(64), NOBODY);
      case 4 -> new NodeProtocol.SuspendNode(requestId, NOBODY);
      case 5 -> new NodeProtocol.ResumeNode(requestId, NOBODY);
      default ->
          step.repeats() % 10 == 0
              ? new NodeProtocol.DeleteNode(requestId, NOBODY)
              : new NodeProtocol.SetPassword(requestId, "berlin", "verifier", NOBODY);
    };
  }

  /** What a VPN told, in order of its revisions. */
  record Word(int vpn, boolean member, long revision) {}

  @Provide
  Arbitrary<List<Word>> words() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.of(true, false),
            Arbitraries.longs().between(1, 12))
        .as(Word::new)
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 400)
  void believesTheNewestWordOfEachVpnInWhateverOrderTheyCome(@ForAll("words") List<Word> words) {
    NodeLedger ledger = NodeLedger.absent(NODE).apply(new NodeEvent.NodeCreated("create", START));
    Map<VpnId, Word> newest = new HashMap<>();
    for (Word word : words) {
      VpnId vpn = new VpnId("acme", "v" + word.vpn());
      Word known = newest.get(vpn);
      boolean newer = known == null || word.revision() > known.revision();
      if (newer) {
        newest.put(vpn, word);
      }
      Decision<NodeEvent, Reply> decision =
          ledger.record(
              new NodeProtocol.RecordMembership(vpn, word.member(), word.revision(), NOBODY),
              START);
      assertThat(decision instanceof Decision.Accept).isEqualTo(newer);
      if (decision instanceof Decision.Accept<NodeEvent, Reply>(var events, var reply)) {
        ledger = ledger.apply(events.getFirst());
        assertThat(reply).isEqualTo(new NodeProtocol.Changed(ledger.revision()));
      }
    }
    Set<VpnId> expected = new HashSet<>();
    newest.forEach(
        (vpn, word) -> {
          if (word.member()) {
            expected.add(vpn);
          }
        });
    assertThat(ledger.memberOf()).isEqualTo(expected);
  }
}
