/** How many admin commands a second are stored on each database. */
@NullMarked
package io.culvert.benchmarks.journal;

import org.jspecify.annotations.NullMarked;
