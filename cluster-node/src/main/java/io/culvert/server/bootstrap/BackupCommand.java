package io.culvert.server.bootstrap;

import io.culvert.server.backup.BackupContent;
import io.culvert.server.backup.BackupWriter;
import io.culvert.server.storage.EventStore;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine.Command;

/** {@code culvert admin backup}: all that was decided, into a file. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes all that the server's database holds into a new file, which only its owner can read.",
      "An embedded database must not be in use; with PostgreSQL or Cassandra the servers may run."
    },
    footer = {
      "",
      "Examples:",
      "  culvert admin backup /var/backups/culvert.backup",
      "  culvert admin backup --config /etc/culvert/server.conf \"culvert-$(date +%%F).backup\"",
      "",
      "To another kind of database: back up, stop the servers, set culvert.storage, and restore."
    })
final class BackupCommand extends DatabaseCommand {
  @Override
  BackupContent run(Path file, EventStore events) {
    return BackupWriter.write(events, file, InstantSource.system().instant());
  }

  @Override
  String said(Path file, BackupContent content) {
    return "%s: %d events of %d entities".formatted(file, content.events(), content.entities());
  }
}
