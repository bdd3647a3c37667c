package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.PrivateFiles;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What Culvert's settings mean for Pekko. The fixed part is {@code culvert-pekko.conf}. */
final class PekkoSettings {
  static final String SYSTEM_NAME = "culvert";
  private static final int STORE_PASSWORD_BYTES = 24;

  private PekkoSettings() {}

  /**
   * The configuration of the actor system.
   *
   * @param run where the key stores for Artery are written, anew at each start, under a password
   *     that only this process knows
   */
  static Config of(ServerSettings settings, ClusterKeys keys, Path run, SecureRandom random) {
    byte[] bytes = new byte[STORE_PASSWORD_BYTES];
    random.nextBytes(bytes);
    String password = HexFormat.of().formatHex(bytes);
    Path keyStore = run.resolve("artery-key.p12");
    Path trustStore = run.resolve("artery-trust.p12");
    PrivateFiles.write(keyStore, keys.keyStore(password.toCharArray()));
    PrivateFiles.write(trustStore, keys.trustStore(password.toCharArray()));
    String artery = "pekko.remote.artery";
    String engine = artery + ".ssl.config-ssl-engine";
    String database = "pekko-persistence-jdbc.shared-databases.slick.db";
    return settings
        .pekko()
        .withFallback(
            ConfigFactory.parseMap(
                Map.ofEntries(
                    Map.entry(artery + ".canonical.hostname", settings.cluster().host()),
                    Map.entry(artery + ".canonical.port", settings.cluster().port()),
                    Map.entry(engine + ".key-store", keyStore.toString()),
                    Map.entry(engine + ".trust-store", trustStore.toString()),
                    Map.entry(engine + ".key-store-password", password),
                    Map.entry(engine + ".key-password", password),
                    Map.entry(engine + ".trust-store-password", password),
                    Map.entry("pekko.cluster.seed-nodes", seedNodes(settings.cluster())),
                    Map.entry(database + ".url", databaseUrl(settings.storage())))))
        .withFallback(
            ConfigFactory.parseResources(
                PekkoSettings.class.getClassLoader(), "culvert-pekko.conf"))
        .withFallback(ConfigFactory.defaultReference())
        .withValue(
            "pekko.cluster.roles", ConfigValueFactory.fromIterable(List.of(settings.serverName())))
        .resolve();
  }

  /**
   * A server that is told to join never founds a cluster: it is not the first of its seeds. One
   * that founds a cluster has no seeds: it joins itself.
   */
  private static List<String> seedNodes(ServerSettings.ClusterSettings cluster) {
    return cluster.join().stream()
        .map(seed -> "pekko://%s@%s".formatted(SYSTEM_NAME, seed))
        .toList();
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
