/** Tests of the package of this name. */
@NullMarked
package io.culvert.agent.enrolment;

import org.jspecify.annotations.NullMarked;
