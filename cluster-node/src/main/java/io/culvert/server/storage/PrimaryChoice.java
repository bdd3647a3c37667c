package io.culvert.server.storage;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which database server is the primary. Pure.
 *
 * <p>A primary that was given up for dead may wake and still take itself for one. Promotion begins
 * a new timeline, so it is known by its older one, and never chosen once a server has seen the
 * newer.
 */
sealed interface PrimaryChoice {
  /** Use this one. */
  record Chosen(String host, int timeline) implements PrimaryChoice {}

  /** There is none to use, for this reason. */
  record None(String reason) implements PrimaryChoice {}

  /**
   * Chooses.
   *
   * @param reports one of each host
   * @param newestTimeline the newest that was ever seen; 0: none yet
   */
  static PrimaryChoice of(List<HostReport> reports, int newestTimeline) {
    List<HostReport.Primary> primaries =
        reports.stream()
            .filter(HostReport.Primary.class::isInstance)
            .map(HostReport.Primary.class::cast)
            .filter(primary -> primary.timeline() >= newestTimeline)
            .sorted(Comparator.comparingInt(HostReport.Primary::timeline).reversed())
            .toList();
    if (primaries.isEmpty()) {
      return new None(
          "no primary: "
              + reports.stream()
                  .map(report -> described(report, newestTimeline))
                  .collect(Collectors.joining("; ")));
    }
    HostReport.Primary newest = primaries.getFirst();
    if (primaries.size() > 1 && primaries.get(1).timeline() == newest.timeline()) {
      return new None(
          "%s and %s are both primaries of timeline %d: stop the one that was not promoted last"
              .formatted(newest.host(), primaries.get(1).host(), newest.timeline()));
    }
    return newest.waitingCommits() > 0
        ? new None(
            "%s waits for its synchronous standby: start that, or let the primary run alone"
                .formatted(newest.host()))
        : new Chosen(newest.host(), newest.timeline());
  }

  private static String described(HostReport report, int newestTimeline) {
    return switch (report) {
      case HostReport.Primary stale ->
          "%s is an old primary (timeline %d, the newest seen is %d)"
              .formatted(stale.host(), stale.timeline(), newestTimeline);
      case HostReport.Standby standby -> standby.host() + " is a standby";
      case HostReport.Silent silent -> "%s: %s".formatted(silent.host(), silent.reason());
    };
  }
}
