/**
 * Who may log on: passwords (Argon2id), node certificates, one-time tokens, administrators.
 *
 * <p>Password hashing runs on a bounded pool of its own, so that a storm of logons cannot starve
 * the actors.
 */
@NullMarked
package io.culvert.server.authentication;

import org.jspecify.annotations.NullMarked;
