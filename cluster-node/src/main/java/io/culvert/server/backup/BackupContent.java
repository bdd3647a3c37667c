package io.culvert.server.backup;

import java.time.Instant;

/**
 * What a backup holds.
 *
 * @param created when it was begun
 */
public record BackupContent(Instant created, long events, long entities) {}
