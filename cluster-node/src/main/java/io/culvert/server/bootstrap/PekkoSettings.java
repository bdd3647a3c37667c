package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.culvert.server.dns.MemberAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What Culvert's settings mean for Pekko. The fixed part is {@code culvert-pekko.conf}. */
final class PekkoSettings {
  static final String SYSTEM_NAME = "culvert";

  private PekkoSettings() {}

  /**
   * The configuration of the actor system.
   *
   * @param storage what the database adds
   */
  static Config of(ServerSettings settings, Config storage) {
    String artery = "pekko.remote.artery";
    return settings
        .pekko()
        .withFallback(
            ConfigFactory.parseMap(JoinCompatibility.clusterName(settings.cluster().name())))
        .withFallback(
            ConfigFactory.parseMap(
                Map.ofEntries(
                    Map.entry(artery + ".canonical.hostname", settings.cluster().host()),
                    Map.entry(artery + ".canonical.port", settings.cluster().port()))))
        .withFallback(silence(settings.cluster().silence()))
        .withFallback(storage)
        .withFallback(
            ConfigFactory.parseResources(
                PekkoSettings.class.getClassLoader(), "culvert-pekko.conf"))
        .withFallback(ConfigFactory.defaultReference())
        .withValue("pekko.cluster.roles", ConfigValueFactory.fromIterable(roles(settings)))
        .resolve();
  }

  private static Config silence(ServerSettings.SilenceSettings silence) {
    String cluster = "pekko.cluster.";
    return ConfigFactory.parseMap(
        Map.of(
            cluster + "failure-detector.acceptable-heartbeat-pause",
            silence.pause(),
            cluster + "split-brain-resolver.stable-after",
            silence.stableAfter(),
            cluster + "split-brain-resolver.down-all-when-unstable",
            silence.stableAfter().multipliedBy(2),
            cluster + "down-removal-margin",
            silence.removalMargin()));
  }

  /** What a member tells the others of itself: its name, and its addresses in the zone. */
  private static List<String> roles(ServerSettings settings) {
    List<String> roles = new ArrayList<>(List.of(settings.serverName()));
    settings.dns().ifPresent(dns -> roles.addAll(MemberAddresses.roles(dns.addresses())));
    return roles;
  }
}
