package io.culvert.agent.capture;

/**
 * What the workers put their packets into while a capture runs: a ring for each, so that each ring
 * has one writer.
 *
 * @param outbound the outbound worker's
 * @param inbound the inbound worker's
 */
public record CaptureTap(CaptureRing outbound, CaptureRing inbound) {
  /** Empty rings, which together take some 17 MB. */
  public static CaptureTap of(CaptureSettings settings) {
    return new CaptureTap(new CaptureRing(settings), new CaptureRing(settings));
  }
}
