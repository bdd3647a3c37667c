package io.culvert.acceptance.lab;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Pings that end by themselves. */
public final class Ping {
  /** 16 bytes that fill every ping, so that a capture can be searched for them. */
  public static final String MARKER = "culvert-in-clear";

  private static final ByteBuffer MARKER_BYTES =
      ByteBuffer.wrap(MARKER.getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

  private static final String MARKER_HEX =
      HexFormat.of().formatHex(MARKER.getBytes(StandardCharsets.US_ASCII));

  private Ping() {}

  /** {@link #MARKER} as it is on the wire. */
  public static ByteBuffer marker() {
    return MARKER_BYTES;
  }

  /** Five requests, 50 ms apart, each filled with {@link #MARKER}. */
  public static PingReport five(LabHost from, String address) {
    return PingReport.parse(
        from.run(
                "ping",
                "-n",
                "-c",
                "5",
                "-i",
                "0.05",
                "-W",
                "2",
                "-p",
                MARKER_HEX,
                "-s",
                "160",
                address)
            .output());
  }

  /**
   * Requests at equal distances; how long each took.
   *
   * @param pauseMillis between two of them, at least 2
   * @throws LabException if none was answered
   */
  public static RoundTrips series(LabHost from, String address, int count, int pauseMillis) {
    return RoundTrips.parse(
        from.run(
                "ping",
                "-n",
                "-c",
                Integer.toString(count),
                "-i",
                "%d.%03d".formatted(pauseMillis / 1000, pauseMillis % 1000),
                "-W",
                "2",
                address)
            .output());
  }

  /** One request: whether it was answered within a second. */
  public static boolean answered(LabHost from, String address) {
    return from.run("ping", "-n", "-c", "1", "-W", "1", address).succeeded();
  }
}
