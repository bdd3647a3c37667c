package io.culvert.agent.dataplane;

import io.culvert.agent.ip.InternetChecksum;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TransportChecksum;
import io.culvert.agent.tun.TunDevice;
import io.culvert.agent.tun.TunOffloads;

/**
 * Collects consecutive TCP segments, or UDP datagrams, of one flow in one frame of the TUN device,
 * without copying a payload: a segment is decrypted to where its payload follows the payload before
 * it, and the bytes that its headers cover meanwhile are put back.
 *
 * <p>Only segments whose checksum was left partial are joined: their sender vouches for them, so no
 * wrong checksum is made good. What cannot be joined passes as it is. Frames leave in the order in
 * which their first packets came.
 *
 * <p>Owned by the inbound worker. For each packet: {@link #prepare}, decrypt to {@link #target} at
 * {@link #targetOffset}, then {@link #accept} or {@link #abandon}; {@link #flush} at the end.
 */
final class Coalescer {
  private static final int START = TunDevice.VNET_HEADER_BYTES;

  /** Room for a frame, and behind it for a packet that does not join it. */
  private static final int AREA_BYTES = 2 * TunDevice.MAX_FRAME_BYTES + 64;

  private static final int MAX_PACKET_BYTES = 65535;

  private final FrameSink sink;
  private final byte[] covered = new byte[SegmentRun.MAX_HEADER_BYTES];
  private final IpPacket flushed = new IpPacket();
  private final SegmentRun run;

  /** Two areas in one array, because the device remembers the arrays that it knows. */
  private final byte[] buffer = new byte[2 * AREA_BYTES];

  /** Where the frame's area begins. */
  private int area;

  private int frameBytes;
  private int coveredBytes;
  private boolean partial;

  /** Where frames go. */
  interface FrameSink {
    /** A frame of {@code packets} packets. The array is the coalescer's. */
    void frame(byte[] buffer, int offset, int lengthBytes, int packets);
  }

  /** Joins what the device takes joined. */
  Coalescer(FrameSink sink, TunOffloads offloads) {
    this.sink = sink;
    run = new SegmentRun(offloads);
  }

  /** Makes {@link #target} ready for the next packet. */
  void prepare() {
    coveredBytes = frameBytes > 0 && run.isOpen() ? run.headerBytes() : 0;
    System.arraycopy(buffer, targetOffset(), covered, 0, coveredBytes);
  }

  /** Where to decrypt to. */
  byte[] target() {
    return buffer;
  }

  /** Offset in {@link #target}. */
  int targetOffset() {
    return area + START + frameBytes - coveredBytes;
  }

  /** The packet at the target is not to be delivered. */
  void abandon() {
    uncover();
  }

  private void uncover() {
    System.arraycopy(covered, 0, buffer, targetOffset(), coveredBytes);
  }

  /**
   * Delivers the packet at the target, now or with the next flush.
   *
   * @param packet wraps it; undefined afterwards
   * @param checksumPartial the masquerade header's C bit
   */
  void accept(IpPacket packet, boolean checksumPartial) {
    if (coveredBytes > 0
        && checksumPartial
        && frameBytes + packet.lengthBytes() - coveredBytes <= MAX_PACKET_BYTES
        && run.append(packet, buffer, area + START)) {
      int dataBytes = packet.lengthBytes() - coveredBytes;
      uncover(); // the headers are known; what they cover is payload
      frameBytes += dataBytes;
      return;
    }
    int lengthBytes = packet.lengthBytes();
    int at = packet.offset();
    if (frameBytes > 0) {
      int otherArea = AREA_BYTES - area;
      System.arraycopy(buffer, at, buffer, otherArea + START, lengthBytes);
      uncover();
      flush();
      area = otherArea;
    }
    frameBytes = lengthBytes;
    partial = checksumPartial;
    run.close();
    if (checksumPartial && packet.wrap(buffer, area + START, lengthBytes)) {
      run.begin(packet);
    }
  }

  /** Hands the frame that is open to the sink. */
  void flush() {
    if (frameBytes == 0) {
      return;
    }
    int packets = 1;
    if (run.count() > 1) {
      packets = run.count();
      run.writeHeaders(buffer, area + START, frameBytes);
    }
    writeVnetHeader(packets);
    int lengthBytes = START + frameBytes;
    frameBytes = 0;
    run.close();
    sink.frame(buffer, area, lengthBytes, packets);
  }

  private void writeVnetHeader(int packets) {
    if (!partial || !flushed.wrap(buffer, area + START, frameBytes)) {
      VnetHeader.write(buffer, area, 0, VnetHeader.GSO_NONE, 0, 0, 0, 0);
      return;
    }
    int start = flushed.headerBytes();
    int field = TransportChecksum.fieldOffset(flushed);
    NetworkOrder.putInt16(
        buffer,
        area + START + start + field,
        InternetChecksum.fold(flushed.pseudoHeaderSum(frameBytes - start)));
    VnetHeader.write(
        buffer,
        area,
        VnetHeader.NEEDS_CSUM,
        packets > 1 ? run.gsoType() : VnetHeader.GSO_NONE,
        packets > 1 ? run.headerBytes() : 0,
        packets > 1 ? run.segmentBytes() : 0,
        start,
        field);
  }
}
