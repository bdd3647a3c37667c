/**
 * {@code culvert admin}: the administrators' command line, which speaks the REST API as anyone may.
 *
 * <p>One thread, one command, one process; knows nothing of the server's inside.
 */
@NullMarked
package io.culvert.server.admin.cli;

import org.jspecify.annotations.NullMarked;
