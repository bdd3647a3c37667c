package io.culvert.acceptance.history;

/**
 * One member, as an agent sees it.
 *
 * @param admitted the revision that admitted it
 * @param ipv4 virtual address
 * @param ipv6 virtual address
 * @param role {@code hub} or {@code spoke}
 * @param online whether it is told to be
 */
public record PeerSeen(long admitted, String ipv4, String ipv6, String role, boolean online) {}
