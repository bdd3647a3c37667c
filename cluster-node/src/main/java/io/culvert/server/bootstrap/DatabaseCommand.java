package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.culvert.server.backup.BackupContent;
import io.culvert.server.backup.BackupException;
import io.culvert.server.storage.EventStore;
import io.culvert.server.storage.Storage;
import io.culvert.server.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the commands over a server's database, without the server, have in common. */
abstract class DatabaseCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int WRONG_SETTINGS = 2;

  @Parameters(paramLabel = "FILE", description = "The backup.")
  private @Nullable Path file;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The server's settings file; says which database.")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The server's data directory: the embedded database is there.")
  private @Nullable Path data;

  @Spec private @Nullable CommandSpec spec;

  /** Does the work; what it prints is the result. */
  abstract BackupContent run(Path file, EventStore events);

  /** One sentence over what was done. */
  abstract String said(Path file, BackupContent content);

  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    long begun = System.nanoTime();
    try {
      Path backup = Objects.requireNonNull(file).toAbsolutePath();
      ServerSettings settings = settings();
      BackupContent content;
      try (Storage storage = Storage.of(settings.storage())) {
        storage.prepare();
        content = run(backup, storage.events());
      }
      double seconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1e3;
      line.getOut().printf("%s, in %.1f s%n", said(backup, content), seconds);
      line.getOut()
          .printf(
              "not in it: the cluster's keys. Keep ca.pem, ca-key.pem and master.key of %s as safe as the backup:%n"
                  + "without them no agent of these VPNs can log on again%n",
              settings.dataDirectory().resolve("keys"));
      line.getOut().flush();
      return 0;
    } catch (SettingsException | StorageException | BackupException e) {
      line.getErr().println("culvert %s: %s".formatted(line.getCommandName(), e.getMessage()));
      line.getErr().flush();
      return e instanceof SettingsException ? WRONG_SETTINGS : FAILED;
    }
  }

  private ServerSettings settings() {
    Config operators = config == null ? ConfigFactory.empty() : ServerSettings.readFile(config);
    return ServerSettings.of(
        data == null
            ? operators
            : ConfigFactory.parseMap(
                    Map.of("culvert.data-directory", data.toString()), "command line")
                .withFallback(operators));
  }
}
