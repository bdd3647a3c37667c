/**
 * The entities over several servers. Here and not beside the entities, because only this module has
 * a journal that two servers share.
 */
@NullMarked
package io.culvert.server.sharding;

import org.jspecify.annotations.NullMarked;
