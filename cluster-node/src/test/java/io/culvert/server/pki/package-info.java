/** Tests of {@code io.culvert.server.pki}. */
@NullMarked
package io.culvert.server.pki;

import org.jspecify.annotations.NullMarked;
