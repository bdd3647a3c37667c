package io.culvert.server.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.server.storage.StoredEvent;

/** What stands in a backup: a header, the events, and an end that says how many there were. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "item")
@JsonSubTypes({
  @JsonSubTypes.Type(value = BackupItem.Header.class, name = "header"),
  @JsonSubTypes.Type(value = BackupItem.Event.class, name = "event"),
  @JsonSubTypes.Type(value = BackupItem.End.class, name = "end")
})
sealed interface BackupItem {
  /**
   * The first item.
   *
   * @param format always {@code culvert-backup}
   * @param version of the format
   * @param createdMillis since 1970
   */
  record Header(String format, int version, long createdMillis) implements BackupItem {}

  /** One event. */
  record Event(StoredEvent event) implements BackupItem {}

  /**
   * The last item.
   *
   * @param entities whose events these are
   */
  record End(long events, long entities) implements BackupItem {}
}
