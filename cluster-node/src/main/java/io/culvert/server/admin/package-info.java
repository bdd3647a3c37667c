/**
 * The administrators' door: REST over HTTPS with its OpenAPI document, and the command line that
 * speaks it.
 *
 * <p>Requests run on virtual threads and ask the entities.
 */
@NullMarked
package io.culvert.server.admin;

import org.jspecify.annotations.NullMarked;
