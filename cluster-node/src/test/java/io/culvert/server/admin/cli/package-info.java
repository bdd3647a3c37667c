/** The administrators' command line, run in this process against a real server. */
@NullMarked
package io.culvert.server.admin.cli;

import org.jspecify.annotations.NullMarked;
