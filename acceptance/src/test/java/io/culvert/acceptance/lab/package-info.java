/**
 * Shows that the laboratory is what its picture says, and that the tools read what they see: a
 * demonstration is worth what its instruments are worth.
 *
 * <p>One thread for each laboratory.
 */
@NullMarked
package io.culvert.acceptance.lab;

import org.jspecify.annotations.NullMarked;
