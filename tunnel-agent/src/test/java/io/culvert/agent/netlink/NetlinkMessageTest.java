package io.culvert.agent.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NetlinkMessageTest {
  /** What {@code strace} shows of {@code ip route add 10.77.0.0/16 dev 5 src 10.77.0.1}. */
  @Test
  void encodesARoute() throws Exception {
    byte[] message =
        RouteMessages.add(
                5,
                InetAddress.getByName("10.77.0.0"),
                16,
                InetAddress.getByName("10.77.0.1"),
                false)
            .encode(9, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK);
    assertThat(HexFormat.of().formatHex(message))
        .isEqualTo(
            "34000000"
                + "1800"
                + "0506"
                + "09000000"
                + "00000000" // nlmsghdr
                + "02100000"
                + "fe43fd01"
                + "00000000" // rtmsg
                + "0800"
                + "0100"
                + "0a4d0000" // RTA_DST
                + "0800"
                + "0400"
                + "05000000" // RTA_OIF
                + "0800"
                + "0700"
                + "0a4d0001"); // RTA_PREFSRC
  }

  @Test
  void encodesNestedAttributesAndPadsThem() {
    byte[] message = LinkMessages.withoutOwnIpv6Address(5).encode(1, 0);
    assertThat(HexFormat.of().formatHex(message).substring(64))
        .isEqualTo("1000" + "1a80" + "0c00" + "0a80" + "0500" + "0800" + "01000000");
  }

  @Test
  void readsBackWhatItWrites() throws Exception {
    byte[] one = LinkMessages.setUp(7, 1380, 1000).encode(3, 0);
    byte[] two = AddressMessages.remove(7, InetAddress.getByName("fd00:77::1")).encode(4, 0);
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    List<NetlinkReply> read = NetlinkReply.parse(both);
    assertThat(read).extracting(NetlinkReply::sequence).containsExactly(3, 4);
    assertThat(read.getFirst().attribute(16, 4)).containsExactly(0x64, 5, 0, 0);
    assertThat(read.getFirst().attribute(16, 99)).isNull();
    assertThat(read.getLast().attribute(8, 2)).hasSize(16);
    assertThat(NetlinkReply.parse(Arrays.copyOf(both, both.length - 1))).hasSize(1);
  }

  @Property
  void noBytesMakeItThrowOrLoop(@ForAll @Size(min = 16, max = 200) byte[] bytes) {
    Arrays.fill(bytes, 0, 4, (byte) 0);
    bytes[0] = (byte) bytes.length; // one message, whatever is in it
    assertThat(NetlinkReply.parse(bytes)).hasSize(1);
    for (NetlinkReply reply : NetlinkReply.parse(bytes)) {
      byte[] value = reply.attribute(0, reply.type());
      assertThat(value == null || value.length <= bytes.length).isTrue();
    }
  }
}
