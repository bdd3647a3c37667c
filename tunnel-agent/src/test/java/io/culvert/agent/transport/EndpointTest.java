package io.culvert.agent.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "198.18.1.5, true, 198.18.1.5:4500",
    "0.0.0.1, true, 0.0.0.1:4500",
    "255.255.255.255, true, 255.255.255.255:4500",
    "2001:db8::5, false, [2001:db8:0:0:0:0:0:5]:4500",
    "::1, false, [0:0:0:0:0:0:0:1]:4500",
    "fe80::ffff:0:1, false, [fe80:0:0:0:0:ffff:0:1]:4500"
  })
  void keepsAddressAndFamily(String address, boolean ipv4, String text) throws Exception {
    byte[] bytes = InetAddress.getByName(address).getAddress();
    Endpoint endpoint = Endpoint.of(bytes, 4500);
    assertThat(endpoint.isIpv4()).isEqualTo(ipv4);
    assertThat(endpoint.addressBytes()).isEqualTo(bytes);
    assertThat(endpoint).hasToString(text).isEqualTo(Endpoint.of(bytes, 4500));
  }

  @Test
  void mapsIpv4AsInRfc4291() throws UnknownHostException {
    Endpoint endpoint = Endpoint.of(InetAddress.getByName("198.18.1.5").getAddress(), 1);
    assertThat(endpoint).isEqualTo(new Endpoint(0, 0xFFFF_C612_0105L, 1));
  }

  @Test
  void refusesPortsAndLengthsOutOfRange() {
    assertThatThrownBy(() -> Endpoint.of(new byte[4], 0)).hasMessageContaining("port 0");
    assertThatThrownBy(() -> Endpoint.of(new byte[4], 65536)).hasMessageContaining("65536");
    assertThatThrownBy(() -> Endpoint.of(new byte[5], 1)).hasMessageContaining("5");
  }
}
