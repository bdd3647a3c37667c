package io.culvert.server.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Updates of a zone that a real BIND 9 serves, configured by {@code ops/dns/make.sh}. */
class DnsZoneIT {
  private static final String OTHER_SECRET = "b3RoZXIgc2VjcmV0IHRoYW4gdGhhdCBvZiBuYW1lZC4=";

  @TempDir private Path directory;
  private Bind bind;

  @BeforeEach
  void start() throws Exception {
    bind = new Bind(directory.resolve("bind"));
  }

  @AfterEach
  void stop() {
    bind.close();
  }

  private static Set<InetAddress> set(String... addresses) {
    return Stream.of(addresses).map(InetAddress::ofLiteral).collect(Collectors.toSet());
  }

  private DynamicZone zone() throws IOException {
    return DynamicZone.open(bind.settings());
  }

  /** What anybody is told, without a key, in the order of the answer. */
  private List<Record> asked(int type) throws IOException {
    SimpleResolver resolver = new SimpleResolver("127.0.0.1");
    resolver.setPort(bind.port());
    return resolver
        .send(
            Message.newQuery(
                Record.newRecord(Name.fromString("vpn.example.test."), type, DClass.IN)))
        .getSection(Section.ANSWER);
  }

  @Test
  void addsAndRemovesAddressesOfBothFamilies() throws Exception {
    DynamicZone zone = zone();
    assertThat(zone.addresses()).isEmpty();

    zone.change(set("192.0.2.1", "2001:db8::1"), Set.of());

    assertThat(zone.addresses()).isEqualTo(set("192.0.2.1", "2001:db8::1"));
    assertThat(asked(Type.A)).singleElement().extracting(Record::getTTL).isEqualTo(30L);
    assertThat(asked(Type.AAAA)).hasSize(1);

    zone.change(Set.of(), set("192.0.2.1"));

    assertThat(zone.addresses()).isEqualTo(set("2001:db8::1"));
  }

  @Test
  void mayAddAndRemoveTwice() throws Exception {
    DynamicZone zone = zone();
    zone.change(set("192.0.2.1", "192.0.2.2"), Set.of());
    zone.change(set("192.0.2.1"), Set.of());
    assertThat(zone.addresses()).isEqualTo(set("192.0.2.1", "192.0.2.2"));
    zone.change(Set.of(), set("192.0.2.1"));
    zone.change(Set.of(), set("192.0.2.1"));
    assertThat(zone.addresses()).isEqualTo(set("192.0.2.2"));
  }

  @Test
  void addsAndRemovesInOneUpdate() throws Exception {
    DynamicZone zone = zone();
    zone.change(set("192.0.2.1"), Set.of());
    zone.change(set("192.0.2.2"), set("192.0.2.1"));
    assertThat(zone.addresses()).isEqualTo(set("192.0.2.2"));
  }

  @Test
  void answersBeginWithEachServerInTurn() throws Exception {
    zone().change(set("192.0.2.1", "192.0.2.2", "192.0.2.3"), Set.of());
    Set<InetAddress> first = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      first.add(((ARecord) asked(Type.A).getFirst()).getAddress());
    }
    assertThat(first).isEqualTo(set("192.0.2.1", "192.0.2.2", "192.0.2.3"));
  }

  @Test
  void saysThatTheSecretIsWrong() throws Exception {
    Path other = Files.writeString(directory.resolve("other"), OTHER_SECRET);
    refuses(
        bind.settings("vpn.example.test", "culvert-servers", other),
        "the DNS server has another secret for the key culvert-servers than " + other);
    assertThat(zone().addresses()).isEmpty();
  }

  @Test
  void saysThatTheKeyIsUnknown() {
    refuses(
        bind.settings("vpn.example.test", "no-such-key", bind.secret()),
        "the DNS server does not know the key no-such-key (hmac-sha256), or does not take it for"
            + " vpn.example.test");
  }

  @Test
  void saysThatTheKeyMayNotChangeTheName() {
    refuses(
        bind.settings("www.example.test", "culvert-servers", bind.secret()),
        "the DNS server refuses to change www.example.test: does its policy allow that to the key"
            + " culvert-servers?");
  }

  private static void refuses(DnsSettings settings, String message) {
    assertThatExceptionOfType(ZoneException.class)
        .isThrownBy(() -> DynamicZone.open(settings).change(set("192.0.2.1"), Set.of()))
        .withMessage(message);
  }

  @Test
  void saysThatNobodyAnswers() throws Exception {
    DynamicZone zone = zone();
    bind.kill();
    assertThatExceptionOfType(ZoneException.class)
        .isThrownBy(zone::addresses)
        .withMessage("the DNS server 127.0.0.1 port %d does not answer", bind.port());
    bind.restart();
    assertThat(zone.addresses()).isEmpty();
  }

  @Test
  void namesTheFileThatHoldsNoSecret() throws Exception {
    Path bad = Files.writeString(directory.resolve("bad"), "not base64!");
    assertThatIOException()
        .isThrownBy(
            () -> DynamicZone.open(bind.settings("vpn.example.test", "culvert-servers", bad)))
        .withMessage("the secret in %s is not base64", bad);
  }
}
