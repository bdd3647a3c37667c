package io.culvert.agent.spd;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.ip.IpPacket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The table against a map from pairs of addresses. */
class SecurityPolicyDatabasePropertyTest {
  @Property(tries = 100)
  void selectsLikeAMap(@ForAll @IntRange(max = 300) int policies, @ForAll long seed) {
    Random random = new Random(seed);
    var database = new SecurityPolicyDatabase<Integer>(policies);
    Map<String, Integer> model = new HashMap<>();
    for (int i = 0; i < policies; i++) {
      InetAddress local = address(random);
      InetAddress remote = address(random);
      database.protect(List.of(local), List.of(remote), i);
      model.putIfAbsent(local + ">" + remote, i);
    }
    for (int i = 0; i < 500; i++) {
      InetAddress source = address(random);
      InetAddress destination = address(random);
      if (source.getAddress().length == destination.getAddress().length) {
        assertThat(database.select(packet(source, destination)))
            .isEqualTo(model.get(source + ">" + destination));
      }
    }
  }

  @Test
  void aNodeInTwoVpnsSendsFromTheAddressOfTheRightOne() {
    var database = new SecurityPolicyDatabase<String>(4);
    InetAddress inRed = of(10, 1);
    InetAddress inBlue = of(10, 2);
    InetAddress sameForBoth = of(10, 9);
    database.protect(List.of(inRed), List.of(sameForBoth), "red");
    database.protect(List.of(inBlue), List.of(sameForBoth), "blue");
    assertThat(database.select(packet(inRed, sameForBoth))).isEqualTo("red");
    assertThat(database.select(packet(inBlue, sameForBoth))).isEqualTo("blue");
    assertThat(database.select(packet(of(10, 3), sameForBoth))).isNull();
    assertThat(database.select(packet(sameForBoth, inRed))).isNull();
  }

  @Test
  void theSelectorPermitsOnlyThePeerToThisNode() {
    var selector = new TrafficSelector(List.of(of(10, 1)), List.of(of(10, 2)));
    assertThat(selector.permitsInbound(packet(of(10, 2), of(10, 1)))).isTrue();
    assertThat(selector.permitsInbound(packet(of(10, 1), of(10, 2)))).isFalse();
    assertThat(selector.permitsInbound(packet(of(10, 2), of(10, 2)))).isFalse();
    assertThat(selector.permitsInbound(packet(of(10, 3), of(10, 1)))).isFalse();
  }

  /** Few addresses, so that they meet. */
  private static InetAddress address(Random random) {
    int last = random.nextInt(40);
    if (random.nextBoolean()) {
      return of(10, last);
    }
    byte[] bytes = new byte[16];
    bytes[0] = (byte) 0xFD;
    bytes[15] = (byte) last;
    return of(bytes);
  }

  private static InetAddress of(int first, int last) {
    return of(new byte[] {(byte) first, 0, 0, (byte) last});
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static IpPacket packet(InetAddress source, InetAddress destination) {
    byte[] from = source.getAddress();
    boolean ipv4 = from.length == 4;
    byte[] bytes = new byte[ipv4 ? 20 : 40];
    bytes[0] = (byte) (ipv4 ? 0x45 : 0x60);
    bytes[3] = (byte) (ipv4 ? 20 : 0);
    bytes[6] = (byte) (ipv4 ? 0 : 59);
    System.arraycopy(from, 0, bytes, ipv4 ? 12 : 8, from.length);
    System.arraycopy(destination.getAddress(), 0, bytes, ipv4 ? 16 : 24, from.length);
    IpPacket packet = new IpPacket();
    assertThat(packet.wrap(bytes, 0, bytes.length)).isTrue();
    return packet;
  }
}
