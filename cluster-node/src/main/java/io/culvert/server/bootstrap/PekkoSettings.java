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

  /** The configuration of the actor system. */
  static Config of(ServerSettings settings) {
    String artery = "pekko.remote.artery";
    String database = "pekko-persistence-jdbc.shared-databases.slick.db";
    return settings
        .pekko()
        .withFallback(
            ConfigFactory.parseMap(JoinCompatibility.clusterName(settings.cluster().name())))
        .withFallback(
            ConfigFactory.parseMap(
                Map.ofEntries(
                    Map.entry(artery + ".canonical.hostname", settings.cluster().host()),
                    Map.entry(artery + ".canonical.port", settings.cluster().port()),
                    Map.entry(database + ".url", databaseUrl(settings.storage())))))
        .withFallback(silence(settings.cluster().silence()))
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

  /**
   * H2 in one file. {@code WRITE_DELAY=0}: a commit is in the file before it is acknowledged, so
   * that the end of the process loses nothing. H2 closes a shared database by itself when the
   * process ends; an unshared one stays open until the server has drained.
   */
  private static String databaseUrl(ServerSettings.EmbeddedStorage storage) {
    if (storage.shared()) {
      // Otherwise H2 would serve the other processes of this computer at all of its addresses.
      System.setProperty("h2.bindAddress", "127.0.0.1");
    }
    return "jdbc:h2:file:%s;WRITE_DELAY=0;%s"
        .formatted(
            storage.path(), storage.shared() ? "AUTO_SERVER=TRUE" : "DB_CLOSE_ON_EXIT=FALSE");
  }
}
