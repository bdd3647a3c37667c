package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.auth.PlainTextAuthProviderBase;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Opens sessions with a Cassandra cluster, with the times and consistencies that Culvert needs. */
final class CassandraAccess {
  /** For statements that change the schema, which all nodes must come to know. */
  static final String SCHEMA_PROFILE = "culvert-schema";

  /** For looking whether a quorum answers. */
  static final String WATCH_PROFILE = "culvert-watch";

  private static final List<String> PLUGIN_PROFILES =
      List.of(
          "pekko-persistence-cassandra-profile", "pekko-persistence-cassandra-snapshot-profile");
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(3);
  private static final Duration LONGEST_LOOK = Duration.ofMillis(1500);
  private static final Duration LONGEST_SCHEMA_CHANGE = Duration.ofSeconds(30);
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);
  private static final Duration LONGEST_LOGIN = Duration.ofSeconds(5);

  /** A node that hangs is asked no more when two heartbeats were missed. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** A coordinator that has not answered by then is not waited for alone. */
  private static final Duration SECOND_COORDINATOR_AFTER = Duration.ofMillis(500);

  private static final Duration FIRST_RECONNECTION = Duration.ofMillis(500);
  private static final Duration LONGEST_RECONNECTION = Duration.ofSeconds(2);

  private final StorageSettings.Cassandra settings;

  CassandraAccess(StorageSettings.Cassandra settings) {
    this.settings = settings;
  }

  /**
   * Connects to the nodes of the local datacenter.
   *
   * @throws StorageException if none of the contact points answers, or refuses this server
   */
  CqlSession connect() {
    CqlSessionBuilder builder = CqlSession.builder().withConfigLoader(driver());
    settings
        .passwordFile()
        .ifPresent(file -> builder.withAuthProvider(new FilePassword(settings.user(), file)));
    StorageSettings.Tls tls = settings.tls();
    if (tls.mode() != StorageSettings.Tls.Mode.DISABLE) {
      builder.withSslEngineFactory(
          new ProgrammaticSslEngineFactory(
              trusting(tls),
              null,
              tls.mode() == StorageSettings.Tls.Mode.VERIFY_FULL,
              // The name is the one that is set, not one that a resolver makes of an address.
              false));
    }
    try {
      return builder.build();
    } catch (RuntimeException e) {
      throw new StorageException(
          "cannot use the database: %s (culvert.cassandra-storage)"
              .formatted(CassandraFailure.reason(e)),
          e);
    }
  }

  private DriverConfigLoader driver() {
    ProgrammaticDriverConfigLoaderBuilder options =
        DriverConfigLoader.programmaticBuilder()
            .withStringList(DefaultDriverOption.CONTACT_POINTS, settings.contactPoints())
            .withString(
                DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, settings.localDatacenter())
            .withString(DefaultDriverOption.SESSION_NAME, "culvert")
            .withDuration(DefaultDriverOption.CONFIG_RELOAD_INTERVAL, Duration.ZERO)
            .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, LONGEST_CONNECT)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, LONGEST_LOGIN)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, LONGEST_LOGIN)
            .withDuration(
                DefaultDriverOption.CONTROL_CONNECTION_AGREEMENT_TIMEOUT, LONGEST_SCHEMA_CHANGE)
            .withStringList(
                DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES,
                List.of(settings.keyspace()))
            .withDuration(DefaultDriverOption.HEARTBEAT_INTERVAL, HEARTBEAT)
            .withDuration(DefaultDriverOption.HEARTBEAT_TIMEOUT, HEARTBEAT)
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, FIRST_RECONNECTION)
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, LONGEST_RECONNECTION)
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0);
    quorum(options, LONGEST_REQUEST);
    for (String profile : PLUGIN_PROFILES) {
      repeated(quorum(options.startProfile(profile), LONGEST_REQUEST)).endProfile();
    }
    quorum(options.startProfile(SCHEMA_PROFILE), LONGEST_SCHEMA_CHANGE).endProfile();
    repeated(quorum(options.startProfile(WATCH_PROFILE), LONGEST_LOOK)).endProfile();
    return options.build();
  }

  private static ProgrammaticDriverConfigLoaderBuilder quorum(
      ProgrammaticDriverConfigLoaderBuilder options, Duration longest) {
    return options
        .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "QUORUM")
        .withString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, "SERIAL")
        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, longest);
  }

  /**
   * A statement may be sent twice: reads change nothing, and an event is stored only once (see
   * {@link FencedSession}).
   */
  private static ProgrammaticDriverConfigLoaderBuilder repeated(
      ProgrammaticDriverConfigLoaderBuilder options) {
    return options
        .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
        .withString(
            DefaultDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS,
            "ConstantSpeculativeExecutionPolicy")
        .withInt(DefaultDriverOption.SPECULATIVE_EXECUTION_MAX, 2)
        .withDuration(DefaultDriverOption.SPECULATIVE_EXECUTION_DELAY, SECOND_COORDINATOR_AFTER);
  }

  private static SSLContext trusting(StorageSettings.Tls tls) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      // Without a file: the authorities that the JVM trusts.
      trust.init(tls.authority().isPresent() ? authorities(tls.authority().orElseThrow()) : null);
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new StorageException(
          "cannot read the certificates of the database's authority: " + e.getMessage(), e);
    }
  }

  private static KeyStore authorities(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(file)) {
      int number = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("authority" + number++, authority);
      }
    }
    return store;
  }

  /** Reads the file each time: a password that was changed needs no restart. */
  private static final class FilePassword extends PlainTextAuthProviderBase {
    private final String user;
    private final Path file;

    FilePassword(String user, Path file) {
      super("culvert");
      this.user = user;
      this.file = file;
    }

    @Override
    protected Credentials getCredentials(EndPoint endPoint, String serverAuthenticator) {
      return new Credentials(user.toCharArray(), PasswordFile.firstLine(file).toCharArray());
    }
  }
}
