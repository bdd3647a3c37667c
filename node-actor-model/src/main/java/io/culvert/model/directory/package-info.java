/**
 * The Directory entity: the one list of organizations, and the operators of the whole cluster.
 *
 * <p>There is one Directory in a cluster, with the entity id {@code cluster}.
 */
@NullMarked
package io.culvert.model.directory;

import org.jspecify.annotations.NullMarked;
