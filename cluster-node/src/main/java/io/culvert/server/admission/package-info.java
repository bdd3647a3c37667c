/**
 * Who may try to log on now: so many logons a second for each server, and few wrong passwords for
 * each address and user.
 *
 * <p>Thread-safe; time is passed in.
 */
@NullMarked
package io.culvert.server.admission;

import org.jspecify.annotations.NullMarked;
