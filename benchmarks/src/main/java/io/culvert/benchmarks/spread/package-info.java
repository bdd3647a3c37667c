/**
 * {@code ./culvert bench peers}: two tunnel engines without a server, one of which has many peers
 * that all live in the other, and the throughput spread over them beside that of one.
 */
@NullMarked
package io.culvert.benchmarks.spread;

import org.jspecify.annotations.NullMarked;
