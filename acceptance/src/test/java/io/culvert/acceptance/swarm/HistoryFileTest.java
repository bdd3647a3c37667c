package io.culvert.acceptance.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.culvert.acceptance.history.AgentEvent;
import io.culvert.acceptance.history.PeerSeen;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Role;
import io.culvert.protocol.v1.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of views is what has changed; of a new life, all of it. */
class HistoryFileTest {
  @TempDir private Path directory;

  private static Membership place(int number) {
    return Membership.newBuilder()
        .setNodeId("o/n" + number)
        .setAdmittedRevision(number)
        .setRole(Role.SPOKE)
        .setVirtualIpv4(ByteString.copyFrom(new byte[] {100, 64, 0, (byte) number}))
        .setVirtualIpv6(ByteString.copyFrom(new byte[16]))
        .build();
  }

  private static VpnReplica view(long revision, int... online) {
    Snapshot.Builder snapshot =
        Snapshot.newBuilder().setVpnId("o/v").setRevision(revision).setSelf(place(1));
    for (int number : online) {
      snapshot.addPeers(
          PeerView.newBuilder().setMembership(place(Math.abs(number))).setOnline(number > 0));
    }
    return VpnReplica.of(snapshot.build(), null);
  }

  @Test
  void writesWhatHasChanged() throws IOException {
    Path file = directory.resolve("history.jsonl");
    try (HistoryFile history = HistoryFile.append(file)) {
      history.onState("o/n1", 1, "linked", "127.0.0.1:1", 10);
      history.onView("o/n1", 1, view(4, 2, 3), 11);
      history.onView("o/n1", 1, view(5, 2, -3), 12);
      history.onView("o/n1", 1, view(6, 2), 13);
      history.onView("o/n1", 2, view(6, 2), 14);
    }

    List<AgentEvent> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      events.add(new ObjectMapper().readValue(line, AgentEvent.class));
    }
    assertThat(events.getFirst())
        .isEqualTo(new AgentEvent.InState(10, "o/n1", 1, "linked", "127.0.0.1:1"));
    List<AgentEvent.ViewSeen> views =
        events.stream().skip(1).map(AgentEvent.ViewSeen.class::cast).toList();
    assertThat(views).extracting(AgentEvent.ViewSeen::revision).containsExactly(4L, 5L, 6L, 6L);
    assertThat(views.get(0).changed()).containsOnlyKeys("o/n2", "o/n3");
    assertThat(views.get(0).own().ipv4()).isEqualTo("100.64.0.1");
    assertThat(views.get(1).changed()).containsOnlyKeys("o/n3");
    assertThat(views.get(1).changed().values()).extracting(PeerSeen::online).containsExactly(false);
    assertThat(views.get(2).changed()).isEmpty();
    assertThat(views.get(2).gone()).containsExactly("o/n3");
    assertThat(views.get(3).changed()).containsOnlyKeys("o/n2");
  }
}
