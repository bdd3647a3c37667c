@NullMarked
package io.culvert.acceptance.swarm;

import org.jspecify.annotations.NullMarked;
