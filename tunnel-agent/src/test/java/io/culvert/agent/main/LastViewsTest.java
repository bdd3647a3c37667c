package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.enrolment.StateSeal;
import io.culvert.agent.view.Views;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of an earlier run, whole and damaged, on a real file system. */
class LastViewsTest {
  private final VpnReplica known =
      VpnReplica.of(
          Views.snapshot(1)
              .addPeers(Views.offline(Views.member("acme/p1", 1, 2)))
              .addPairSecrets(Views.secret("acme/p1", 1))
              .build(),
          null);

  private final StateDirectory state;
  private final Path file;
  private final Path aside;
  private final List<String> problems = new ArrayList<>();
  private final StateSeal seal = Seals.fresh("acme/laptop");

  LastViewsTest(@TempDir Path directory) {
    state = new StateDirectory(directory);
    file = state.file("last-views.bin");
    aside = state.file("last-views.bin.damaged");
  }

  private List<VpnReplica> load() {
    return LastViews.load(state, seal, problems::add).replicas();
  }

  @Test
  void knowsWhatWasKeptButNoSecret() {
    LastViews.save(state, seal, List.of(known));
    assertThat(load())
        .singleElement()
        .satisfies(replica -> assertThat(replica.peers()).isEqualTo(known.peers()))
        .satisfies(replica -> assertThat(replica.secrets()).isEmpty());
    assertThat(problems).isEmpty();
  }

  @Test
  void isReadByNobodyElse() throws IOException {
    LastViews.save(state, seal, List.of(known));
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .doesNotContain("acme");

    assertThat(LastViews.load(state, Seals.fresh("acme/laptop"), problems::add).replicas())
        .isEmpty();

    assertThat(problems).singleElement().asString().contains("damaged");
  }

  @Test
  void isSilentWhereNothingWasKept() {
    assertThat(load()).isEmpty();
    assertThat(problems).isEmpty();
  }

  @Test
  void putsATruncatedFileAsideSaysSoOnceAndGoesOn() throws IOException {
    LastViews.save(state, seal, List.of(known));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 1; length < whole.length; length++) {
      problems.clear();
      byte[] truncated = Arrays.copyOf(whole, length);
      Files.write(file, truncated);
      assertThat(load()).as("the first %d bytes", length).isEmpty();
      assertThat(problems)
          .singleElement()
          .asString()
          .contains(file.toString(), "damaged", "goes on");
      assertThat(file).doesNotExist();
      assertThat(aside).hasBinaryContent(truncated);
      assertThat(load()).isEmpty();
      assertThat(problems).hasSize(1);
    }
  }

  @Test
  void putsAViewAsideThatNobodyCouldShow() throws IOException {
    for (Snapshot senseless :
        List.of(
            Snapshot.getDefaultInstance(),
            Views.snapshot(1).clearSelf().build(),
            Views.snapshot(1).setVpn(Views.vpn(1, 1).toBuilder().setIpv4Pool("x")).build(),
            Views.snapshot(1)
                .addPeers(
                    Views.offline(Views.member("a/b", 1, 2).toBuilder().clearVirtualIpv6().build()))
                .build())) {
      problems.clear();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      senseless.writeDelimitedTo(bytes);
      Files.write(file, bytes.toByteArray());
      assertThat(load()).isEmpty();
      assertThat(problems).hasSize(1);
      assertThat(aside).exists();
    }
  }

  @Test
  void goesOnWhenNothingCanBePutAside() throws IOException {
    Files.write(file, new byte[] {99, 1});
    Files.createDirectories(aside.resolve("occupied"));
    assertThat(load()).isEmpty();
    assertThat(problems).singleElement().asString().contains("cannot be put aside", "goes on");
  }
}
