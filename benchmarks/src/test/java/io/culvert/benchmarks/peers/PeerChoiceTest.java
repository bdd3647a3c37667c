package io.culvert.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerChoiceTest {
  @Test
  void takesAllThatAreInstalledUnlessSomebodySaysOtherwise() {
    PeerChoice choice = PeerChoice.of(List.of(), requirement -> true);

    assertThat(choice.chosen())
        .extracting(PeerVpn::name)
        .containsExactly("wireguard-go", "nebula", "openvpn", "tinc", "strongswan");
    assertThat(choice.missing()).isEmpty();
  }

  @Test
  void saysHowToInstallWhatIsMissing() {
    Set<String> there = Set.of("wireguard-go", "nebula", "nebula-cert", "charon-systemd");

    PeerChoice choice =
        PeerChoice.of(
            List.of("wireguard-go", "nebula", "strongswan"),
            requirement -> there.contains(requirement.file()));

    assertThat(choice.chosen()).extracting(PeerVpn::name).containsExactly("nebula");
    assertThat(choice.missing())
        .containsExactly(
            "wireguard-go: not installed; run, as root: apt-get install -y --no-install-recommends wireguard-tools",
            "strongswan: not installed; run, as root: apt-get install -y --no-install-recommends strongswan-swanctl"
                + " libcharon-extra-plugins libstrongswan-standard-plugins");
  }

  @Test
  void namesAPackageOnceThatHasTwoMissingCommands() {
    assertThat(PeerChoice.of(List.of("nebula"), requirement -> false).missing())
        .containsExactly(
            "nebula: not installed; run, as root: apt-get install -y --no-install-recommends nebula");
  }

  @Test
  void takesNoneIfThatIsWanted() {
    PeerChoice choice = PeerChoice.of(List.of("none"), requirement -> true);

    assertThat(choice.chosen()).isEmpty();
    assertThat(choice.missing()).isEmpty();
  }

  @Test
  void refusesNamesThatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeerChoice.of(List.of("hamachi")))
        .withMessage(
            "there is no peer 'hamachi'; there are: wireguard-go, nebula, openvpn, tinc, strongswan, and none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeerChoice.of(List.of("nebula", "none")))
        .withMessageContaining("does not go together");
  }

  @Test
  void findsFilesAndCommandsThatAreThere() {
    assertThat(new Requirement("sh", "dash").find()).isPresent();
    assertThat(new Requirement("/etc/passwd", "base-passwd").find()).isPresent();
    assertThat(new Requirement("no-such-command", "none").find()).isEmpty();
    assertThat(new Requirement("/usr", "none").find()).isEmpty();
  }
}
