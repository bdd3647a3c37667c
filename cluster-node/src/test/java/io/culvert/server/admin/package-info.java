/**
 * The administrators' door, tested through its own HTTPS port against real entities on a cluster of
 * one, and through the command line in this process.
 */
@NullMarked
package io.culvert.server.admin;

import org.jspecify.annotations.NullMarked;
