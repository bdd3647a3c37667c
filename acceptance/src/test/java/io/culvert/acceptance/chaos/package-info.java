@NullMarked
package io.culvert.acceptance.chaos;

import org.jspecify.annotations.NullMarked;
