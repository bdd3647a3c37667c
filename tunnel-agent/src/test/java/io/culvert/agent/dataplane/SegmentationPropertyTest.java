package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TcpHeader;
import io.culvert.agent.ip.TransportChecksum;
import io.culvert.agent.ip.UdpHeader;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.tun.TunDevice;
import io.culvert.agent.tun.TunOffloads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Segmenter and coalescer against segments that are built one by one from the RFCs. */
class SegmentationPropertyTest {
  private static final int START = TunDevice.VNET_HEADER_BYTES;
  private final PacketRouter router = new PacketRouter(0);
  private final Node a = Node.open(1, router);
  private final Node b = Node.open(2, router);

  @Property(tries = 200)
  void splitsALargePacketIntoTheSegmentsOfTheReference(
      @ForAll boolean ipv4,
      @ForAll @IntRange(min = 1, max = 65000) int length,
      @ForAll @IntRange(min = 100, max = 9000) int segment,
      @ForAll @IntRange(max = 10) int optionWords,
      @ForAll @IntRange(max = 255) int flags,
      @ForAll long seed) {
    int data = Math.min(length, 65535 - 60 - 4 * optionWords);
    byte[] payload = randomBytes(data, seed);
    byte[] large = tcp(ipv4, 1000, flags, optionWords * 4, payload, 65530);

    assertSame(split(large, segment), reference(ipv4, flags, optionWords * 4, payload, segment));
  }

  @Property(tries = 200)
  void splitsARunOfDatagramsIntoThoseOfTheReference(
      @ForAll boolean ipv4,
      @ForAll @IntRange(min = 1, max = 65000) int length,
      @ForAll @IntRange(min = 1, max = 9000) int segment,
      @ForAll long seed) {
    byte[] payload = randomBytes(length, seed);
    byte[] large = Packets.udp(ipv4 ? a.ipv4 : a.ipv6, ipv4 ? b.ipv4 : b.ipv6, payload, 65530);

    assertSame(split(large, segment), segments(large, ipv4 ? 20 : 40, 8, segment));
  }

  @Property(tries = 300)
  void joinsAndKeepsOrderAndBytes(@ForAll long seed, @ForAll boolean joining) {
    List<byte[]> sent = flows(new Random(seed));
    List<byte[]> delivered = new ArrayList<>();
    int[] joined = {0};
    Coalescer coalescer =
        new Coalescer(
            (buffer, offset, length, packets) -> {
              byte[] copy = Arrays.copyOfRange(buffer, offset, offset + length);
              List<byte[]> parts = kernelReceives(copy);
              assertThat(parts).hasSize(packets);
              delivered.addAll(parts);
              joined[0] += packets - 1;
            },
            joining ? TunOffloads.ALL : TunOffloads.NONE);
    Random random = new Random(seed);
    for (byte[] packet : sent) {
      receive(coalescer, packet, random.nextInt(8) != 0, random);
      if (random.nextInt(20) == 0) {
        coalescer.flush();
      }
    }
    coalescer.flush();

    assertSame(
        delivered.stream().map(SegmentationPropertyTest::withoutIdleIdentification).toList(),
        sent.stream().map(SegmentationPropertyTest::withoutIdleIdentification).toList());
    assertThat(delivered.stream().allMatch(Packets::checksumsAreValid)).isTrue();
    assertThat(joining || joined[0] == 0).isTrue();
  }

  @Property(tries = 20)
  void joinsAWholeBurstIntoOneFrame(@ForAll boolean ipv4, @ForAll long seed) {
    byte[] payload = randomBytes(45 * 1340 + 7, seed);
    List<byte[]> sent = reference(ipv4, TcpHeader.ACK | TcpHeader.PSH, 12, payload, 1340);
    List<Integer> frames = new ArrayList<>();
    Coalescer coalescer =
        new Coalescer((buffer, offset, length, packets) -> frames.add(packets), TunOffloads.ALL);
    sent.forEach(packet -> receive(coalescer, packet, true, new Random(seed)));
    coalescer.flush();
    assertThat(frames).containsExactly(46);
  }

  @Property(tries = 20)
  void joinsDatagramsOfOneSizeByTheDozen(
      @ForAll boolean ipv4,
      @ForAll boolean counting,
      @ForAll @IntRange(min = 48, max = 900) int size,
      @ForAll long seed) {
    List<Integer> frames = new ArrayList<>();
    Coalescer coalescer =
        new Coalescer((buffer, offset, length, packets) -> frames.add(packets), TunOffloads.ALL);
    for (int i = 0; i < 70; i++) {
      byte[] payload = randomBytes(i == 69 ? size - 1 : size, seed + i);
      receive(
          coalescer,
          Packets.udp(
              ipv4 ? b.ipv4 : b.ipv6, ipv4 ? a.ipv4 : a.ipv6, payload, counting ? 65500 + i : 0),
          true,
          new Random(seed + i));
    }
    coalescer.flush();

    assertThat(frames).containsExactly(64, 6);
  }

  /** RFC 6864, section 4.1: that of a datagram with DF means nothing. */
  private static byte[] withoutIdleIdentification(byte[] packet) {
    byte[] same = packet.clone();
    if (packet[0] >>> 4 == 4 && packet[9] == IpPacket.UDP) {
      NetworkOrder.putInt16(same, 4, 0);
      NetworkOrder.putInt16(same, 10, 0);
    }
    return same;
  }

  /** Packets of three flows in runs, with gaps, odd sizes and other protocols between them. */
  private List<byte[]> flows(Random random) {
    List<byte[]> packets = new ArrayList<>();
    int[] sequence = {random.nextInt(), random.nextInt(), random.nextInt()};
    int[] identification = {7, 65500, 1};
    for (int run = 0; run < 12; run++) {
      int flow = random.nextInt(3);
      boolean ipv4 = flow != 1;
      int options = 4 * random.nextInt(4);
      int size = 1 + random.nextInt(1400);
      for (int i = random.nextInt(20); i >= 0; i--) {
        int data = i == 0 ? 1 + random.nextInt(size) : size;
        int flags = i == 0 && random.nextBoolean() ? TcpHeader.ACK | TcpHeader.PSH : TcpHeader.ACK;
        flags |= random.nextInt(40) == 0 ? TcpHeader.FIN : 0;
        byte[] payload = randomBytes(data, random.nextLong());
        packets.add(
            Packets.tcp(
                ipv4 ? b.ipv4 : b.ipv6,
                ipv4 ? a.ipv4 : a.ipv6,
                100 + flow,
                sequence[flow],
                flags,
                options,
                payload,
                identification[flow]++ & 0xFFFF));
        sequence[flow] += data + (random.nextInt(15) == 0 ? 3 : 0);
        if (random.nextInt(12) == 0) {
          packets.addAll(datagrams(random));
        }
      }
    }
    return packets;
  }

  private List<byte[]> datagrams(Random random) {
    List<byte[]> packets = new ArrayList<>();
    boolean ipv4 = random.nextBoolean();
    int step = random.nextInt(3);
    int size = random.nextInt(900);
    for (int i = random.nextInt(6); i >= 0; i--) {
      int data = random.nextInt(5) == 0 ? random.nextInt(1000) : size;
      packets.add(
          Packets.udp(
              ipv4 ? b.ipv4 : b.ipv6,
              ipv4 ? a.ipv4 : a.ipv6,
              randomBytes(data, random.nextLong()),
              60 + step * i));
    }
    return packets;
  }

  private static void receive(
      Coalescer coalescer, byte[] packet, boolean checksumPartial, Random random) {
    boolean forged = random.nextInt(25) == 0;
    if (forged) {
      coalescer.prepare();
      byte[] noise = randomBytes(1500, 5);
      System.arraycopy(noise, 0, coalescer.target(), coalescer.targetOffset(), noise.length);
      coalescer.abandon();
    }
    byte[] sent = packet.clone();
    IpPacket view = new IpPacket();
    assertThat(view.wrap(sent, 0, sent.length)).isTrue();
    if (checksumPartial) {
      int at = view.headerBytes() + TransportChecksum.fieldOffset(view);
      NetworkOrder.putInt16(sent, at, 0xDEAD); // whatever the sender left there
    }
    coalescer.prepare();
    System.arraycopy(sent, 0, coalescer.target(), coalescer.targetOffset(), sent.length);
    Arrays.fill(
        coalescer.target(),
        coalescer.targetOffset() + sent.length,
        coalescer.targetOffset() + sent.length + 5,
        (byte) 0x5A); // the ESP trailer lands there too
    assertThat(view.wrap(coalescer.target(), coalescer.targetOffset(), sent.length + 2)).isTrue();
    coalescer.accept(view, checksumPartial);
  }

  /** What a kernel makes of a frame: segments by gso_size, checksums finished. */
  private static List<byte[]> kernelReceives(byte[] frame) {
    byte[] packet = Packets.packetOf(frame);
    if (frame[0] == 0) {
      return List.of(packet);
    }
    if (frame[1] == VnetHeader.GSO_NONE) {
      finish(packet, VnetHeader.checksumStart(frame), VnetHeader.checksumOffset(frame));
      return List.of(packet);
    }
    boolean ipv4 = packet[0] >>> 4 == 4;
    int header = ipv4 ? 20 : 40;
    boolean udp = packet[ipv4 ? 9 : 6] == IpPacket.UDP;
    int transport = udp ? 8 : (packet[header + 12] & 0xF0) >>> 2;
    assertThat(frame[2] & 0xFF).isEqualTo(header + transport);
    assertThat(frame[1]).isEqualTo((byte) (udp ? 5 : ipv4 ? 1 : 4));
    assertThat(udp ? NetworkOrder.uint16(packet, header + 4) : packet.length - header)
        .isEqualTo(packet.length - header);
    return segments(packet, header, transport, VnetHeader.gsoSize(frame));
  }

  /** The reference: cuts a packet by the rules, checksums from scratch. */
  private static List<byte[]> segments(byte[] packet, int header, int transport, int size) {
    List<byte[]> segments = new ArrayList<>();
    boolean ipv4 = header == 20;
    int end = packet.length;
    for (int at = header + transport, i = 0; at < end; at += size, i++) {
      int data = Math.min(size, end - at);
      byte[] segment = Arrays.copyOf(packet, header + transport + data);
      System.arraycopy(packet, at, segment, header + transport, data);
      if (ipv4) {
        NetworkOrder.putInt16(segment, 2, segment.length);
        NetworkOrder.putInt16(segment, 4, NetworkOrder.uint16(packet, 4) + i);
      } else {
        NetworkOrder.putInt16(segment, 4, segment.length - 40);
      }
      if (packet[ipv4 ? 9 : 6] == IpPacket.UDP) {
        NetworkOrder.putInt16(segment, header + 4, 8 + data);
        finish(segment, header, 6);
      } else {
        boolean last = at + data == end;
        finishTcp(packet, segment, header, i, size, last);
      }
      segments.add(segment);
    }
    return segments;
  }

  private static void finishTcp(
      byte[] packet, byte[] segment, int header, int index, int size, boolean last) {
    NetworkOrder.putInt32(
        segment, header + 4, NetworkOrder.int32(packet, header + 4) + index * size);
    int flags = segment[header + 13];
    flags = last ? flags : flags & ~(TcpHeader.FIN | TcpHeader.PSH);
    segment[header + 13] = (byte) (index > 0 ? flags & ~TcpHeader.CWR : flags);
    finish(segment, header, 16);
  }

  private static void finish(byte[] packet, int header, int field) {
    if (header == 20) {
      NetworkOrder.putInt16(packet, 10, 0);
      int sum = 0;
      for (int i = 0; i < 20; i += 2) {
        sum += NetworkOrder.uint16(packet, i);
      }
      NetworkOrder.putInt16(packet, 10, ~((sum & 0xFFFF) + (sum >>> 16)));
    }
    NetworkOrder.putInt16(packet, header + field, 0);
    int protocol = header == 20 ? packet[9] : packet[6];
    int value = Packets.upperChecksum(packet, header, protocol);
    NetworkOrder.putInt16(packet, header + field, value == 0 ? 0xFFFF : value);
  }

  private List<byte[]> reference(
      boolean ipv4, int flags, int options, byte[] payload, int segment) {
    byte[] large = tcp(ipv4, 1000, flags, options, payload, 65530);
    return segments(large, ipv4 ? 20 : 40, 20 + options, segment);
  }

  private byte[] tcp(
      boolean ipv4, int sequence, int flags, int options, byte[] payload, int identification) {
    return Packets.tcp(
        ipv4 ? a.ipv4 : a.ipv6,
        ipv4 ? b.ipv4 : b.ipv6,
        0x13881389,
        sequence,
        flags,
        options,
        payload,
        identification);
  }

  private static List<byte[]> split(byte[] large, int segment) {
    byte[] frame = Arrays.copyOf(Packets.frame(large), START + large.length + 8);
    IpPacket view = new IpPacket();
    assertThat(view.wrap(frame, START, large.length)).isTrue();
    Segmenter segmenter = new Segmenter();
    assertThat(segmenter.begin(view, view.protocol(), segment)).isTrue();
    List<byte[]> segments = new ArrayList<>();
    while (segmenter.next()) {
      int from = segmenter.offset();
      byte[] one = Arrays.copyOfRange(frame, from, from + segmenter.lengthBytes());
      boolean ipv4 = one[0] >>> 4 == 4;
      boolean udp = one[ipv4 ? 9 : 6] == IpPacket.UDP;
      TransportChecksum.complete(
          one,
          ipv4 ? 20 : 40,
          one.length - (ipv4 ? 20 : 40),
          udp ? UdpHeader.CHECKSUM_OFFSET : TcpHeader.CHECKSUM_OFFSET);
      segments.add(one);
    }
    return segments;
  }

  private static void assertSame(List<byte[]> actual, List<byte[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("packet %d", i).isEqualTo(expected.get(i));
    }
  }

  private static byte[] randomBytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
