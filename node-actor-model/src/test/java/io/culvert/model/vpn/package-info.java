/** Tests of the Vpn entity. */
@NullMarked
package io.culvert.model.vpn;

import org.jspecify.annotations.NullMarked;
