/**
 * Drives the laboratory of network namespaces and the programs that run in it: servers, agents,
 * administrators' commands, and the tools that measure them. Shared by the demonstration, the
 * integration tests and the benchmarks.
 *
 * <p>Everything here starts real processes and reads what they print; one thread drives one
 * laboratory.
 */
@NullMarked
package io.culvert.acceptance.lab;

import org.jspecify.annotations.NullMarked;
