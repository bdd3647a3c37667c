package io.culvert.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which peers are measured.
 *
 * @param chosen that are installed, in the order of {@link #names}
 * @param missing a sentence for each that was wanted and is not installed, with how to install it
 */
public record PeerChoice(List<PeerVpn> chosen, List<String> missing) {
  /** What somebody says who wants none. */
  public static final String NONE = "none";

  private static final List<PeerVpn> ALL =
      List.of(new WireguardGo(), new Nebula(), new OpenVpn(), new Tinc(), new StrongSwan());

  /** Copies the lists. */
  public PeerChoice {
    chosen = List.copyOf(chosen);
    missing = List.copyOf(missing);
  }

  /** Of all peers that can be measured. */
  public static List<String> names() {
    return ALL.stream().map(PeerVpn::name).toList();
  }

  /**
   * Looks at what is installed.
   *
   * @param wanted names; empty for all; {@link #NONE} alone for none
   * @throws IllegalArgumentException with a sentence for a person if there is no peer of a name
   */
  public static PeerChoice of(List<String> wanted) {
    return of(wanted, requirement -> requirement.find().isPresent());
  }

  static PeerChoice of(List<String> wanted, Predicate<Requirement> installed) {
    requireKnown(wanted);
    List<PeerVpn> chosen = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (PeerVpn vpn : ALL) {
      if (wanted.isEmpty() || wanted.contains(vpn.name())) {
        List<Requirement> lacking =
            vpn.requirements().stream().filter(Predicate.not(installed)).toList();
        if (lacking.isEmpty()) {
          chosen.add(vpn);
        } else {
          missing.add(sentence(vpn, lacking));
        }
      }
    }
    return new PeerChoice(chosen, missing);
  }

  private static void requireKnown(List<String> wanted) {
    for (String name : wanted) {
      if (name.equals(NONE) && wanted.size() > 1) {
        throw new IllegalArgumentException("'none' does not go together with other peers");
      }
      if (!name.equals(NONE) && !names().contains(name)) {
        throw new IllegalArgumentException(
            "there is no peer '%s'; there are: %s, and none"
                .formatted(name, String.join(", ", names())));
      }
    }
  }

  private static String sentence(PeerVpn vpn, List<Requirement> lacking) {
    String packages =
        lacking.stream()
            .map(Requirement::debianPackage)
            .distinct()
            .collect(Collectors.joining(" "));
    return "%s: not installed; run, as root: apt-get install -y --no-install-recommends %s"
        .formatted(vpn.name(), packages);
  }
}
