/** A gateway for tests: real TLS 1.3 and gRPC, and frames that the test chooses. */
@NullMarked
package io.culvert.agent.testserver;

import org.jspecify.annotations.NullMarked;
