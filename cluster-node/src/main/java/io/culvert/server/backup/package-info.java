/**
 * All events of a storage in one file, and from the file into an empty storage of any kind: ADR
 * 0016 describes the file. For one thread.
 */
@NullMarked
package io.culvert.server.backup;

import org.jspecify.annotations.NullMarked;
