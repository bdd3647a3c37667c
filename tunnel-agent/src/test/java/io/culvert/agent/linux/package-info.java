/** Network namespaces for tests, and tests of the system calls. */
@NullMarked
package io.culvert.agent.linux;

import org.jspecify.annotations.NullMarked;
