package io.culvert.agent.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.linux.NetworkNamespace;
import io.culvert.agent.transport.LocalEndpoints;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the configurator sets is read back with {@code ip}. */
class LinuxInterfaceConfiguratorIT {
  private NetworkNamespace namespace;
  private LinuxTunDevice tun;
  private LinuxInterfaceConfigurator configurator;

  @BeforeEach
  void open() throws Exception {
    namespace = NetworkNamespace.create();
    tun = namespace.call(() -> LinuxTunDevice.open("culvert0", 1380));
    configurator = namespace.call(() -> LinuxInterfaceConfigurator.open("culvert0"));
  }

  @AfterEach
  void close() throws Exception {
    configurator.close();
    tun.close();
    namespace.close();
  }

  @Test
  void setsAddressesAndRoutesOfBothFamilies() throws Exception {
    configurator.apply(
        Set.of(address("10.77.0.1"), address("fd00:77::1")),
        Set.of(route("10.77.0.0", 16, "10.77.0.1"), route("fd00:77::", 64, "fd00:77::1")));
    assertThat(addresses()).contains("10.77.0.1/32").contains("fd00:77::1/128");
    assertThat(addresses()).doesNotContain("tentative").doesNotContain("fe80");
    assertThat(routes4()).contains("10.77.0.0/16 proto 67 scope link src 10.77.0.1");
    assertThat(routes6()).contains("fd00:77::/64 proto 67 src fd00:77::1");
    assertThat(namespace.ip("route get 10.77.9.9")).contains("dev culvert0 src 10.77.0.1");
    assertThat(namespace.ip("-6 route get fd00:77::9")).contains("src fd00:77::1");
  }

  @Test
  void takesAwayWhatIsNotNamedAnyMore() throws Exception {
    configurator.apply(
        Set.of(address("10.77.0.1"), address("10.78.0.1"), address("fd00:77::1")),
        Set.of(
            route("10.77.0.0", 16, "10.77.0.1"),
            route("10.78.0.0", 16, "10.78.0.1"),
            route("fd00:77::", 64, "fd00:77::1")));
    configurator.apply(Set.of(address("10.78.0.1")), Set.of(route("10.78.0.0", 16, "10.78.0.1")));
    assertThat(addresses()).contains("10.78.0.1/32").doesNotContain("77");
    assertThat(routes4()).contains("10.78.0.0/16").doesNotContain("77");
    assertThat(routes6()).doesNotContain("77");
    configurator.apply(Set.of(), Set.of());
    assertThat(addresses()).doesNotContain("inet");
    assertThat(routes4()).isBlank();
  }

  @Test
  void replacesThePreferredSourceOfARoute() throws Exception {
    for (String source : new String[] {"10.77.0.1", "10.77.0.2"}) {
      configurator.apply(Set.of(address(source)), Set.of(route("10.77.0.0", 16, source)));
      assertThat(routes4().strip()).isEqualTo("10.77.0.0/16 proto 67 scope link src " + source);
    }
    for (String source : new String[] {"fd00:77::1", "fd00:77::2"}) {
      configurator.apply(Set.of(address(source)), Set.of(route("fd00:77::", 64, source)));
      assertThat(routes6()).containsOnlyOnce("/64").contains("src " + source);
    }
  }

  @Test
  void leavesAloneWhatSomebodyElseSet() throws Exception {
    namespace.ip("addr add 10.99.0.1/32 dev culvert0");
    namespace.ip("addr add fd00:99::1/128 dev culvert0");
    namespace.ip("route add 10.99.0.0/16 dev culvert0");
    configurator.apply(Set.of(address("10.77.0.1"), address("10.99.0.1")), Set.of());
    configurator.apply(Set.of(), Set.of());
    assertThat(addresses()).contains("10.99.0.1/32").contains("fd00:99::1/128");
    assertThat(routes4()).contains("10.99.0.0/16");
  }

  @Test
  void setsAgainWhatSomebodyElseTookAway() throws Exception {
    Set<Address> addresses = Set.of(address("10.77.0.1"), address("fd00:77::1"));
    Set<Route> routes =
        Set.of(route("10.77.0.0", 16, "10.77.0.1"), route("fd00:77::", 64, "fd00:77::1"));
    configurator.apply(addresses, routes);
    namespace.ip("addr flush dev culvert0");
    configurator.apply(addresses, routes);
    assertThat(addresses()).contains("10.77.0.1/32").contains("fd00:77::1/128");
    assertThat(routes4()).contains("10.77.0.0/16");
    assertThat(routes6()).contains("fd00:77::/64");
    configurator.apply(Set.of(), Set.of());
    assertThat(addresses()).doesNotContain("inet");
  }

  @Test
  void leavesTheKernelAloneWhenNothingIsNew() throws Exception {
    Set<Address> addresses = Set.of(address("10.77.0.1"), address("fd00:77::1"));
    Set<Route> routes = Set.of(route("10.77.0.0", 16, "10.77.0.1"));
    try (LocalEndpoints observer = namespace.call(LocalEndpoints::open)) {
      configurator.apply(addresses, routes);
      assertThat(observer.changed()).isTrue();
      long end = System.nanoTime() + 10_000_000_000L;
      do { // The kernel itself may still have something to say of a new address.
        assertThat(System.nanoTime()).as("it still sets what is set").isLessThan(end);
        configurator.apply(addresses, routes);
      } while (observer.changed());
    }
  }

  @Test
  void saysWhatWasRefusedAndSetsTheRest() throws Exception {
    namespace.ip("route add 10.99.0.0/16 dev culvert0");
    assertThatThrownBy(
            () ->
                configurator.apply(
                    Set.of(address("10.77.0.1")),
                    Set.of(
                        route("10.99.0.0", 16, "10.77.0.1"),
                        route("10.98.0.0", 16, "10.1.2.3"),
                        route("10.77.0.0", 16, "10.77.0.1"))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(
            "the kernel refused route 10.99.0.0/16 from 10.77.0.1 on culvert0: somebody else")
        .hasMessageContaining("route 10.98.0.0/16 from 10.1.2.3 on culvert0: Invalid prefsrc");
    assertThat(routes4()).contains("10.77.0.0/16 proto 67").contains("10.99.0.0/16 scope link");
  }

  @Test
  void missingInterfaceIsSaidSo() {
    assertThatThrownBy(() -> namespace.call(() -> LinuxInterfaceConfigurator.open("nowhere0")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("there is no interface nowhere0");
  }

  private String addresses() throws Exception {
    return namespace.ip("-o addr show dev culvert0");
  }

  private String routes4() throws Exception {
    return namespace.ip("-4 route show dev culvert0");
  }

  private String routes6() throws Exception {
    return namespace.ip("-6 route show dev culvert0");
  }

  private static Address address(String text) throws UnknownHostException {
    return new Address(InetAddress.getByName(text));
  }

  private static Route route(String prefix, int length, String source) throws UnknownHostException {
    return new Route(InetAddress.getByName(prefix), length, InetAddress.getByName(source));
  }
}
