package io.culvert.agent.dataplane;

import io.culvert.agent.ip.InternetChecksum;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.Ipv4Header;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.tun.TunDevice;
import java.net.InetAddress;
import java.util.Arrays;

/** Inner packets as a kernel makes them, built by the rules of the RFCs and not by the engine's. */
final class Packets {
  private Packets() {}

  /** A frame of one packet with finished checksums. */
  static byte[] frame(byte[] packet) {
    byte[] frame = new byte[TunDevice.VNET_HEADER_BYTES + packet.length];
    System.arraycopy(packet, 0, frame, TunDevice.VNET_HEADER_BYTES, packet.length);
    return frame;
  }

  /** The packet of a frame. */
  static byte[] packetOf(byte[] frame) {
    return Arrays.copyOfRange(frame, TunDevice.VNET_HEADER_BYTES, frame.length);
  }

  static byte[] udp(InetAddress source, InetAddress destination, byte[] payload) {
    return udp(source, destination, payload, 7);
  }

  static byte[] udp(
      InetAddress source, InetAddress destination, byte[] payload, int identification) {
    byte[] udp = new byte[8 + payload.length];
    NetworkOrder.putInt16(udp, 0, 5001);
    NetworkOrder.putInt16(udp, 2, 5002);
    NetworkOrder.putInt16(udp, 4, udp.length);
    System.arraycopy(payload, 0, udp, 8, payload.length);
    return ip(source, destination, IpPacket.UDP, udp, 6, identification);
  }

  static byte[] tcp(
      InetAddress source,
      InetAddress destination,
      int ports,
      int sequence,
      int flags,
      int options,
      byte[] payload,
      int identification) {
    byte[] tcp = new byte[20 + options + payload.length];
    NetworkOrder.putInt32(tcp, 0, ports);
    NetworkOrder.putInt32(tcp, 4, sequence);
    NetworkOrder.putInt32(tcp, 8, 0x01020304);
    tcp[12] = (byte) ((20 + options) << 2);
    tcp[13] = (byte) flags;
    NetworkOrder.putInt16(tcp, 14, 501);
    Arrays.fill(tcp, 20, 20 + options, (byte) 1);
    System.arraycopy(payload, 0, tcp, 20 + options, payload.length);
    return ip(source, destination, IpPacket.TCP, tcp, 16, identification);
  }

  private static byte[] ip(
      InetAddress source,
      InetAddress destination,
      int protocol,
      byte[] upper,
      int checksumOffset,
      int identification) {
    byte[] from = source.getAddress();
    byte[] to = destination.getAddress();
    int header = from.length == 4 ? 20 : 40;
    byte[] packet = new byte[header + upper.length];
    System.arraycopy(from, 0, packet, from.length == 4 ? 12 : 8, from.length);
    System.arraycopy(to, 0, packet, from.length == 4 ? 16 : 24, to.length);
    System.arraycopy(upper, 0, packet, header, upper.length);
    if (from.length == 4) {
      packet[0] = 0x45;
      NetworkOrder.putInt16(packet, 2, packet.length);
      NetworkOrder.putInt16(packet, 4, identification);
      NetworkOrder.putInt16(packet, 6, Ipv4Header.DONT_FRAGMENT);
      packet[8] = 64;
      packet[9] = (byte) protocol;
      NetworkOrder.putInt16(packet, 10, checksum(packet, 0, 20, 0));
    } else {
      packet[0] = 0x60;
      NetworkOrder.putInt16(packet, 4, upper.length);
      packet[6] = (byte) protocol;
      packet[7] = 64;
    }
    finishUpper(packet, header, protocol, checksumOffset);
    return packet;
  }

  private static void finishUpper(byte[] packet, int header, int protocol, int checksumOffset) {
    int value = upperChecksum(packet, header, protocol);
    NetworkOrder.putInt16(packet, header + checksumOffset, value == 0 ? 0xFFFF : value);
  }

  /** What the checksum of TCP or UDP ought to be, with its field taken as it is. */
  static int upperChecksum(byte[] packet, int header, int protocol) {
    int upper = packet.length - header;
    boolean ipv4 = packet[0] >>> 4 == 4;
    int seed = protocol + upper;
    seed += wordSum(packet, ipv4 ? 12 : 8, ipv4 ? 8 : 32);
    return checksum(packet, header, upper, seed);
  }

  private static int wordSum(byte[] bytes, int offset, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (bytes[offset + i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
    }
    return sum;
  }

  private static int checksum(byte[] bytes, int offset, int length, int seed) {
    long sum = (long) seed + wordSum(bytes, offset, length);
    while (sum >>> 16 != 0) {
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return (int) ~sum & 0xFFFF;
  }

  /** Whether IP and transport checksums of a packet are right. */
  static boolean checksumsAreValid(byte[] packet) {
    boolean ipv4 = packet[0] >>> 4 == 4;
    int header = ipv4 ? 20 : 40;
    int protocol = packet[ipv4 ? 9 : 6];
    boolean headerValid =
        !ipv4 || InternetChecksum.finish(InternetChecksum.sum(packet, 0, 20)) == 0;
    return headerValid && upperChecksum(packet, header, protocol) == 0;
  }
}
