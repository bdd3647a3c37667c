package io.culvert.server.bootstrap;

import io.culvert.server.backup.BackupContent;
import io.culvert.server.backup.BackupReader;
import io.culvert.server.storage.EventStore;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code culvert admin restore}: a backup into an empty database of any kind. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Checks a backup, and writes all of it into the empty database that the settings name.",
      "No server may run. A database that holds anything is left as it is."
    },
    footer = {
      "",
      "Example, from the embedded database to PostgreSQL:",
      "  systemctl stop culvert-server",
      "  culvert admin backup  --config /etc/culvert/server.conf culvert.backup",
      "  $EDITOR /etc/culvert/server.conf          storage = postgresql; postgresql-storage { ... }",
      "  culvert admin restore --config /etc/culvert/server.conf culvert.backup",
      "  systemctl start culvert-server"
    })
final class RestoreCommand extends DatabaseCommand {
  @Override
  BackupContent run(Path file, EventStore events) {
    return BackupReader.restore(file, events);
  }

  @Override
  String said(Path file, BackupContent content) {
    return "restored %d events of %d entities, as of %s"
        .formatted(content.events(), content.entities(), content.created());
  }
}
