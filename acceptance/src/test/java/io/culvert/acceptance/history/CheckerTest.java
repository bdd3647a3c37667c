package io.culvert.acceptance.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.history.CommandRecord.Kind;
import io.culvert.acceptance.history.CommandRecord.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One good history, and one for each way in which a rule can be broken. */
class CheckerTest {
  private static final String VPN = "o/v";
  private static final long SECOND = 1_000_000;
  private static final long GRACE = 15 * SECOND;

  private final List<CommandRecord> commands = new ArrayList<>();
  private final List<AgentEvent> events = new ArrayList<>();
  private final List<Downtime> downtimes = new ArrayList<>();
  private final List<AgentView> views = new ArrayList<>();
  private final List<Standing> standings = new ArrayList<>();

  /** Two members, a at s1 and b at s2; c was admitted and removed. */
  CheckerTest() {
    command(1, Kind.ADMIT, "a", Outcome.ACKNOWLEDGED, 2);
    command(2, Kind.ADMIT, "b", Outcome.ACKNOWLEDGED, 3);
    command(3, Kind.ADMIT, "c", Outcome.ACKNOWLEDGED, 4);
    state(4, "a", 1, "linked", "s1:1");
    state(4, "b", 1, "linked", "s2:1");
    seen(5, "a", 1, 4, Map.of("b", place("b", true), "c", place("c", false)), List.of());
    seen(5, "b", 1, 4, Map.of("a", place("a", true), "c", place("c", false)), List.of());
    command(6, Kind.REMOVE, "c", Outcome.ACKNOWLEDGED, 5);
    seen(7, "a", 1, 5, Map.of(), List.of("c"));
    seen(7, "b", 1, 5, Map.of(), List.of("c"));
    views.add(
        new AgentView("a", "linked", VPN, 5, place("a", true), Map.of("b", place("b", true))));
    views.add(
        new AgentView("b", "linked", VPN, 5, place("b", true), Map.of("a", place("a", true))));
    Map<String, Standing.Member> members = Map.of("a", member("a", "s1"), "b", member("b", "s2"));
    standings.add(new Standing("s1", 1, VPN, 5, members));
    standings.add(new Standing("s2", 1, VPN, 5, members));
  }

  private void command(long second, Kind kind, String node, Outcome outcome, long revision) {
    commands.add(
        new CommandRecord(
            second * SECOND, second * SECOND + 1000, kind, VPN, node, outcome, revision, ""));
  }

  private void state(long second, String agent, int life, String state, String server) {
    events.add(new AgentEvent.InState(second * SECOND, agent, life, state, server));
  }

  private void seen(
      long second,
      String agent,
      int life,
      long revision,
      Map<String, PeerSeen> changed,
      List<String> gone) {
    events.add(
        new AgentEvent.ViewSeen(
            second * SECOND, agent, life, VPN, revision, place(agent, true), changed, gone));
  }

  private static PeerSeen place(String node, boolean online) {
    return new PeerSeen(
        node.charAt(0) - 'a' + 2, "100.64.0." + node, "fd00::" + node, "spoke", online);
  }

  private static Standing.Member member(String node, String server) {
    return new Standing.Member("100.64.0." + node, "fd00::" + node, "spoke", true, server);
  }

  private void member(int standing, String node, Standing.Member member) {
    Standing old = standings.get(standing);
    Map<String, Standing.Member> members = new HashMap<>(old.members());
    members.put(node, member);
    standings.set(
        standing, new Standing(old.server(), old.sessions(), VPN, old.revision(), members));
  }

  private List<String> broken() {
    return Checker.check(new History(commands, events, downtimes, views, standings, GRACE)).stream()
        .map(Checker.Violation::rule)
        .distinct()
        .toList();
  }

  private static String rule(String words) {
    return Checker.ruleNames().stream()
        .filter(name -> name.contains(words))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aGoodHistoryBreaksNothing() {
    assertThat(broken()).isEmpty();
  }

  // ---- acknowledged changes ----

  @Test
  void seesALostAdmission() {
    command(8, Kind.ADMIT, "d", Outcome.ACKNOWLEDGED, 5);
    assertThat(broken()).containsExactly(rule("acknowledged"));
  }

  @Test
  void seesALostRemoval() {
    command(8, Kind.REMOVE, "b", Outcome.ACKNOWLEDGED, 5);
    assertThat(broken()).containsExactly(rule("acknowledged"));
  }

  @Test
  void anUnknownOutcomeMayBeEither() {
    command(8, Kind.REMOVE, "b", Outcome.UNKNOWN, 0);
    command(9, Kind.ADMIT, "d", Outcome.UNKNOWN, 0);
    assertThat(broken()).isEmpty();
  }

  @Test
  void aRefusedCommandChangesNothing() {
    command(8, Kind.REMOVE, "b", Outcome.REFUSED, 0);
    assertThat(broken()).isEmpty();
    command(9, Kind.ADMIT, "d", Outcome.REFUSED, 0);
    assertThat(broken()).isEmpty();
  }

  @Test
  void seesARevisionThatFellBack() {
    command(8, Kind.ADMIT, "a", Outcome.ACKNOWLEDGED, 4);
    assertThat(broken()).containsExactly(rule("acknowledged"));
  }

  @Test
  void seesAnEndBeforeTheLastAcknowledgedRevision() {
    command(8, Kind.ADMIT, "a", Outcome.ACKNOWLEDGED, 6);
    assertThat(broken()).containsExactly(rule("acknowledged"));
  }

  // ---- addresses ----

  @Test
  void seesTwoOwnersOfAnAddress() {
    PeerSeen thief = new PeerSeen(9, "100.64.0.b", "fd00::d", "spoke", false);
    seen(8, "a", 1, 5, Map.of("d", thief), List.of());
    assertThat(broken()).containsExactly(rule("address"));
  }

  @Test
  void seesAnAddressGivenAgainTooSoon() {
    PeerSeen heir = new PeerSeen(9, "100.64.0.d", "fd00::c", "spoke", false);
    seen(8, "a", 1, 5, Map.of("d", heir), List.of());
    assertThat(broken()).containsExactly(rule("address"));
  }

  @Test
  void anAddressMayBeGivenAgainAfterAnHour() {
    PeerSeen heir = new PeerSeen(9, "100.64.0.d", "fd00::c", "spoke", false);
    seen(3607, "a", 1, 5, Map.of("d", heir), List.of());
    assertThat(broken()).isEmpty();
  }

  // ---- views ----

  @Test
  void seesAViewThatWentBack() {
    seen(8, "a", 1, 4, Map.of(), List.of());
    assertThat(broken()).containsExactly(rule("forward"));
  }

  @Test
  void aNewLifeMayBeginAnywhere() {
    seen(8, "a", 2, 4, Map.of("b", place("b", true)), List.of());
    assertThat(broken()).isEmpty();
  }

  @Test
  void seesAnOldRevisionAtTheEnd() {
    views.set(
        0, new AgentView("a", "linked", VPN, 4, place("a", true), Map.of("b", place("b", true))));
    assertThat(broken()).containsExactly(rule("entity"));
  }

  @Test
  void seesAMissingPeer() {
    views.set(0, new AgentView("a", "linked", VPN, 5, place("a", true), Map.of()));
    assertThat(broken()).containsExactly(rule("entity"));
  }

  @Test
  void seesAWrongPresence() {
    views.set(
        0, new AgentView("a", "linked", VPN, 5, place("a", true), Map.of("b", place("b", false))));
    assertThat(broken()).containsExactly(rule("entity"));
  }

  @Test
  void seesAWrongAddressOfItsOwn() {
    views.set(
        0, new AgentView("a", "linked", VPN, 5, place("x", true), Map.of("b", place("b", true))));
    assertThat(broken()).containsExactly(rule("entity"));
  }

  @Test
  void seesAnAgentThatWasLeftBehind() {
    views.set(
        0, new AgentView("a", "offline", VPN, 5, place("a", true), Map.of("b", place("b", true))));
    assertThat(broken()).containsExactly(rule("entity"));
  }

  // ---- online once ----

  @Test
  void seesServersThatDisagreeWhereANodeIs() {
    member(1, "b", member("b", "s1"));
    assertThat(broken()).containsExactly(rule("two servers"));
  }

  @Test
  void seesASecondSession() {
    Standing old = standings.get(1);
    standings.set(1, new Standing("s2", 2, VPN, 5, old.members()));
    assertThat(broken()).containsExactly(rule("two servers"));
  }

  // ---- grace ----

  private void bIsLostAndComesBack(long lost, long back) {
    state(lost, "b", 1, "offline", "s2:1");
    state(back, "b", 1, "linked", "s1:1");
  }

  private void aIsTold(long offline, long online) {
    seen(offline, "a", 1, 5, Map.of("b", place("b", false)), List.of());
    seen(online, "a", 1, 5, Map.of("b", place("b", true)), List.of());
  }

  @Test
  void seesAPeerThatWasCalledOfflineTooSoon() {
    bIsLostAndComesBack(20, 25);
    aIsTold(24, 26);
    assertThat(broken()).containsExactly(rule("grace"));
  }

  @Test
  void seesAPeerThatWasCalledOfflineWhileItWasLinked() {
    aIsTold(24, 26);
    assertThat(broken()).containsExactly(rule("grace"));
  }

  @Test
  void aPeerThatWasGoneForTheGracePeriodIsOffline() {
    bIsLostAndComesBack(20, 40);
    aIsTold(36, 41);
    assertThat(broken()).isEmpty();
  }

  @Test
  void aPeerIsGoneSinceItsServerWasPaused() {
    downtimes.add(new Downtime("s2:1", 10 * SECOND, 40 * SECOND, "paused"));
    bIsLostAndComesBack(24, 30);
    aIsTold(26, 31);
    assertThat(broken()).isEmpty();
  }

  @Test
  void anotherServersDowntimeExcusesNothing() {
    downtimes.add(new Downtime("s1:1", 10 * SECOND, 40 * SECOND, "paused"));
    bIsLostAndComesBack(24, 30);
    aIsTold(26, 31);
    assertThat(broken()).containsExactly(rule("grace"));
  }
}
