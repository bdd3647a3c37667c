package io.culvert.acceptance.history;

/**
 * A time in which a server did not serve: killed, paused, draining or cut off.
 *
 * @param server the address of its agent gateway
 * @param fromMicros microseconds since the epoch
 * @param toMicros when it served again
 * @param fault for people
 */
public record Downtime(String server, long fromMicros, long toMicros, String fault) {}
