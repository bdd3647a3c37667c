/** Tests of the sessions: one actor each, against the real entities and against time. */
@NullMarked
package io.culvert.server.session;

import org.jspecify.annotations.NullMarked;
