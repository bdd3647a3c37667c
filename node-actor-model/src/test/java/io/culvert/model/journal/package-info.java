/** Instruments and tests of the journal's rules. */
@NullMarked
package io.culvert.model.journal;

import org.jspecify.annotations.NullMarked;
