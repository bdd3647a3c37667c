/**
 * Copies of the engine's packets for people: rings that the workers fill without waiting, and a
 * pcapng file that is written from them.
 *
 * <p>A ring is filled by its worker and emptied by the thread that writes.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/">pcapng</a>
 */
@NullMarked
package io.culvert.agent.capture;

import org.jspecify.annotations.NullMarked;
