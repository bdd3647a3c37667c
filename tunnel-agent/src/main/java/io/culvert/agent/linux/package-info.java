/**
 * System calls of Linux through the Foreign Function and Memory API, as the parts of the agent that
 * touch devices need them. Every call answers as the kernel does: a result, or the negated error
 * number.
 *
 * <p>The numbers are those of x86-64 and aarch64, which agree in everything used here (both take
 * asm-generic's ioctl and socket numbers and are little-endian). No thread owner: what is bound to
 * a thread says so.
 */
@NullMarked
package io.culvert.agent.linux;

import org.jspecify.annotations.NullMarked;
