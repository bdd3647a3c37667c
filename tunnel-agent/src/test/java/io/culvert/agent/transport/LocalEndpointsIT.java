package io.culvert.agent.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.linux.NetworkNamespace;
import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalEndpointsIT {
  @Test
  void findsGlobalAddressesAndNoticesChanges() throws Exception {
    try (var namespace = NetworkNamespace.create();
        var peer = NetworkNamespace.create();
        LocalEndpoints endpoints = namespace.call(LocalEndpoints::open)) {
      NetworkNamespace.connect(namespace, peer);
      namespace.ip("addr add fd00:77::1/64 dev veth0 nodad");
      namespace.ip("addr add 198.18.77.1/24 dev veth0");
      namespace.ip("addr add 10.9.9.9/32 dev veth0");
      namespace.ip("link add culvert0 type veth peer name other0");
      namespace.ip("link set culvert0 up");
      namespace.ip("addr add 10.77.0.1/32 dev culvert0");
      namespace.ip("addr add 10.78.0.1/32 dev other0"); // down
      Set<InetAddress> excluded = Set.of(InetAddress.getByName("10.9.9.9"));
      assertThat(endpoints.find(4500, Set.of("culvert0"), excluded))
          .map(Endpoint::toString)
          .containsExactly("198.18.77.1:4500", "[fd00:77:0:0:0:0:0:1]:4500");
      assertThat(endpoints.changed()).isTrue();
      assertThat(endpoints.changed()).isFalse();
      namespace.ip("addr del 198.18.77.1/24 dev veth0");
      assertThat(endpoints.changed()).isTrue();
      assertThat(endpoints.find(4500, Set.of("culvert0"), excluded)).hasSize(1);
    }
  }
}
