/** Rules over the whole agent. */
@NullMarked
package io.culvert.agent;

import org.jspecify.annotations.NullMarked;
