/**
 * One actor for each connected agent: from the first frame to the farewell, in the states of the
 * seed's figure 2.
 *
 * <p>Everything that a session holds belongs to its actor alone; the stream below it is written by
 * the actor only.
 */
@NullMarked
package io.culvert.server.session;

import org.jspecify.annotations.NullMarked;
