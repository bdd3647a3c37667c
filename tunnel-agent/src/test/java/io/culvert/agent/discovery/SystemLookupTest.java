package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.discovery.NameLookup.Family;
import io.culvert.agent.discovery.NameLookup.Question;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs no resolver. */
class SystemLookupTest {
  private final SystemLookup lookup = new SystemLookup();

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7, IPV4, 198.51.100.7",
    "2001:db8::7, IPV6, 2001:db8::7",
    "localhost, IPV4, 127.0.0.1",
    "LocalHost., IPV6, ::1",
    "server.localhost, IPV4, 127.0.0.1",
  })
  void knowsAddressesAndLoopback(String host, Family family, String address) throws IOException {
    assertThat(lookup.ask(new Question(host, family)).addresses())
        .containsExactly(InetAddress.ofLiteral(address));
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7, IPV6",
    "2001:db8::7, IPV4",
    "no-such-host.invalid, IPV4",
    "no-such-host.invalid, IPV6",
  })
  void knowsWhatCannotBe(String host, Family family) throws IOException {
    assertThat(lookup.ask(new Question(host, family)).addresses()).isEmpty();
  }
}
