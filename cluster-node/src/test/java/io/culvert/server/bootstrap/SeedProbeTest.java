package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.LoopbackPorts;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at what is no server; servers are looked at in {@code ServerProcessIT}. */
class SeedProbeTest {
  @TempDir private Path directory;
  private ServerTls tls;

  @BeforeEach
  void makeKeys() {
    tls =
        new ServerTls(
            ClusterKeys.open(
                    directory.resolve("keys"),
                    "srv",
                    List.of("127.0.0.1"),
                    new SecureRandom(),
                    InstantSource.system())
                .identity());
  }

  private SeedProbe.Result look(int port) {
    return SeedProbe.look(tls, "127.0.0.1:" + port);
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @Test
  void aRefusedConnectionIsAnAbsentServer() {
    assertThat(look(LoopbackPorts.free())).isEqualTo(new SeedProbe.Fits(Founding.Seen.ABSENT));
  }

  @Test
  void whoSaysNothingIsSilent() throws IOException {
    try (ServerSocket accepting = listen()) {
      assertThat(look(accepting.getLocalPort()))
          .isEqualTo(new SeedProbe.Fits(Founding.Seen.SILENT));
    }
  }

  @Test
  void whoHangsUpIsSilentAndHasRefusedNothing() throws Exception {
    try (ServerSocket accepting = listen()) {
      Thread hangUp =
          Thread.startVirtualThread(
              () -> {
                try (var connection = accepting.accept()) {
                  var _ = connection.getInputStream().read(new byte[4096]);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(look(accepting.getLocalPort()))
          .isEqualTo(new SeedProbe.Fits(Founding.Seen.SILENT));
      hangUp.join();
    }
  }

  @Test
  void aNameWithoutAnAddressIsSilent() {
    assertThat(SeedProbe.look(tls, "no-such-host.invalid:7355"))
        .isEqualTo(new SeedProbe.Fits(Founding.Seen.SILENT));
  }
}
