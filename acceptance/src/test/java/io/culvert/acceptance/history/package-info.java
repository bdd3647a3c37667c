@NullMarked
package io.culvert.acceptance.history;

import org.jspecify.annotations.NullMarked;
