package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.dns.Bind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
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

/** Server processes that enter and leave the zone of a real BIND 9. */
class ServersInZoneIT {
  @TempDir private Path directory;

  private Path config(Bind bind, String address) throws IOException {
    return Files.writeString(
        directory.resolve(address + ".conf"),
        """
        culvert {
          embedded-storage { path = "%s", shared = true }
          dns {
            enabled = true, zone = example.test, name = vpn.example.test
            server = "127.0.0.1", port = %d, tsig.secret-file = "%s", addresses = ["%s"]
          }
        }
        """
            .formatted(
                directory.resolve("db").resolve("culvert"), bind.port(), bind.secret(), address));
  }

  private static Set<String> zone(Bind bind) {
    try {
      SimpleResolver resolver = new SimpleResolver("127.0.0.1");
      resolver.setPort(bind.port());
      return resolver
          .send(
              Message.newQuery(
                  Record.newRecord(Name.fromString("vpn.example.test."), Type.A, DClass.IN)))
          .getSection(Section.ANSWER)
          .stream()
          .map(record -> ((ARecord) record).getAddress().getHostAddress())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void serversEnterAndLeaveByThemselvesAndOneThatDiedIsTakenOut() throws Exception {
    Path dataA = directory.resolve("a");
    try (Bind bind = new Bind(directory.resolve("bind"));
        ServerProcess a =
            new ServerProcess(
                dataA, "--name", "a", "--config", config(bind, "192.0.2.1").toString())) {
      a.awaitReady();
      Bind.await("a is in the zone", () -> zone(bind).equals(Set.of("192.0.2.1")));

      a.shareKeysWith(directory.resolve("b"));
      try (ServerProcess b =
          new ServerProcess(
              directory.resolve("b"),
              "--name",
              "b",
              "--config",
              config(bind, "192.0.2.2").toString(),
              "--join",
              "127.0.0.1:" + a.clusterPort)) {
        b.awaitReady();
        Bind.await("b too", () -> zone(bind).equals(Set.of("192.0.2.1", "192.0.2.2")));
        assertThat(b.ready()).isEqualTo("ready\ndatabase: embedded\ndns: listed\n");

        // Of two equal halves the one with the lowest address stays (split-brain-resolver).
        boolean isFirstToStay = a.clusterPort < b.clusterPort;
        (isFirstToStay ? b : a).kill();

        Set<String> left = Set.of(isFirstToStay ? "192.0.2.1" : "192.0.2.2");
        Bind.await("the dead server's record is removed", () -> zone(bind).equals(left));

        ServerProcess last = isFirstToStay ? a : b;
        last.terminate();
        last.awaitExit();
        assertThat(zone(bind)).as(last.text()).isEmpty();
      }
    }
  }
}
