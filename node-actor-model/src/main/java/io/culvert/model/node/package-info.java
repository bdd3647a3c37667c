/**
 * The Node entity: identity, credentials, memberships and session ownership of one enrolled
 * computer.
 *
 * <p>Credentials and memberships are journalled. Which session owns the node now is not: it belongs
 * to the server where the session lives, and sessions claim it again when the entity moves.
 */
@NullMarked
package io.culvert.model.node;

import org.jspecify.annotations.NullMarked;
