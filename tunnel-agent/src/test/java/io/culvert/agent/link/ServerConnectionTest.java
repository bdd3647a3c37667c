package io.culvert.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.discovery.ServerAddresses.Target;
import io.culvert.agent.discovery.ServerFinder;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.ServerFrame;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerConnectionTest {
  /** Longer than Netty's 10 s for a handshake. */
  private static final int SILENT_SECONDS = 11;

  private final CompletableFuture<Throwable> end = new CompletableFuture<>();

  @Test
  void waitsInAServersQueueLongerThanNettyWould() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
      SocketChannel connection = SocketChannel.open(address);
      connection.configureBlocking(false);
      ManagedChannel channel =
          ServerConnection.over(
                  new ServerFinder.Found(
                      new Target("server.test", address), connection, 0, Map.of()),
                  LinkTls.ofStranger(new TrustsNobody()))
              .build();
      try (Socket accepted = server.accept()) {
        var _ = AgentGatewayGrpc.newStub(channel).link(new Ending());
        assertThat(accepted.getInputStream().read()).isEqualTo(22); // A handshake record.

        TimeUnit.SECONDS.sleep(SILENT_SECONDS);

        assertThat(end).isNotDone();
      }
      assertThat(end.get(5, TimeUnit.SECONDS)).hasMessageContaining("UNAVAILABLE");
      channel.shutdownNow();
    }
  }

  private final class Ending implements StreamObserver<ServerFrame> {
    @Override
    public void onNext(ServerFrame frame) {}

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void onCompleted() {}
  }

  private static final class TrustsNobody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
