package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.agent.discovery.ServerAddresses.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressesTest {
  @ParameterizedTest
  @CsvSource({
    "vpn.example.com:443, vpn.example.com, 443",
    "198.18.0.1:1, 198.18.0.1, 1",
    "[2001:db8::1]:65535, 2001:db8::1, 65535",
  })
  void splitsHostAndPort(String text, String host, int port) {
    assertThat(ServerAddresses.parse(text).getHostString()).isEqualTo(host);
    assertThat(ServerAddresses.parse(text).getPort()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", ":443", "host:", "host:0", "host:65536", "host:x", "host:-1"})
  void refusesAnythingElse(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddresses.parse(text))
        .withMessageContaining("write host:port");
  }

  @Test
  void writesAnAddressAsPeopleDo() {
    assertThat(new Target("a", new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 443)))
        .hasToString("127.0.0.1:443");
    assertThat(new Target("a", new InetSocketAddress(InetAddress.ofLiteral("::1"), 444)))
        .hasToString("[0:0:0:0:0:0:0:1]:444");
  }
}
