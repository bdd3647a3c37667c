package io.culvert.agent.testserver;

import io.culvert.protocol.v1.Accepted;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.LogonResult;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Synchronized;
import io.culvert.protocol.v1.Welcome;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A gateway on a loopback address whose every frame the test decides. */
public final class TestGateway implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Server server;
  private final String host;
  private final int port;
  private final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
  private volatile Function<EnrollRequest, EnrollReply> enrolment =
      request -> EnrollReply.getDefaultInstance();

  private TestGateway(TestAuthority authority, String host, int wantedPort) {
    this.host = host;
    KeyPair pair = TestAuthority.keyPair();
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(host, wantedPort))
              .sslContext(
                  GrpcSslContexts.configure(
                          SslContextBuilder.forServer(
                              pair.getPrivate(),
                              authority.server(pair.getPublic(), host),
                              authority.certificate()),
                          SslProvider.JDK)
                      .trustManager(authority.certificate())
                      .clientAuth(ClientAuth.OPTIONAL)
                      .protocols("TLSv1.3")
                      .build())
              .addService(new Service())
              .build()
              .start();
      this.port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Listens on a free port of 127.0.0.1. */
  public static TestGateway start(TestAuthority authority) {
    return new TestGateway(authority, "127.0.0.1", 0);
  }

  /** Listens on this port. */
  public static TestGateway start(TestAuthority authority, int port) {
    return new TestGateway(authority, "127.0.0.1", port);
  }

  public int port() {
    return port;
  }

  /** {@code host:port}. */
  public String address() {
    return host + ":" + port();
  }

  /** How Enroll is answered. */
  public void onEnroll(Function<EnrollRequest, EnrollReply> answer) {
    enrolment = answer;
  }

  /** The next agent that opened a stream. */
  public Session nextSession() throws InterruptedException {
    Session session = sessions.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (session == null) {
      throw new AssertionError("no agent came within " + PATIENCE);
    }
    return session;
  }

  /** The next agent that opened a stream in this time; null if none did. */
  public @Nullable Session pollSession(Duration patience) throws InterruptedException {
    return sessions.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Stops at once, as a server that is killed. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Service extends AgentGatewayGrpc.AgentGatewayImplBase {
    @Override
    public void enroll(EnrollRequest request, StreamObserver<EnrollReply> reply) {
      reply.onNext(enrolment.apply(request));
      reply.onCompleted();
    }

    @Override
    public StreamObserver<AgentFrame> link(StreamObserver<ServerFrame> out) {
      Session session = new Session(out);
      sessions.add(session);
      return session.frames;
    }
  }

  /** One agent's stream. */
  public static final class Session {
    private final StreamObserver<ServerFrame> out;
    private final BlockingQueue<AgentFrame> received = new LinkedBlockingQueue<>();
    private final AtomicBoolean completed = new AtomicBoolean();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final StreamObserver<AgentFrame> frames =
        new StreamObserver<>() {
          @Override
          public void onNext(AgentFrame frame) {
            received.add(frame);
          }

          @Override
          public void onError(Throwable failure) {
            ended.add(String.valueOf(failure.getMessage()));
          }

          @Override
          public void onCompleted() {
            ended.add("completed");
            end();
          }
        };

    private Session(StreamObserver<ServerFrame> out) {
      this.out = out;
    }

    /** The next frame that fits; others before it are dropped. */
    public AgentFrame expect(Predicate<AgentFrame> wanted) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        AgentFrame frame =
            received.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (frame == null) {
          throw new AssertionError("the frame did not come within " + PATIENCE);
        }
        if (wanted.test(frame)) {
          return frame;
        }
      }
    }

    /** What came and was not taken yet. */
    public List<AgentFrame> pending() {
      return List.copyOf(received);
    }

    public void send(ServerFrame.Builder frame) {
      out.onNext(frame.build());
    }

    /** Ends the stream as a server that is done with it. */
    public void end() {
      if (completed.compareAndSet(false, true)) {
        out.onCompleted();
      }
    }

    /** How the agent ended the stream. */
    public String awaitEnd() throws InterruptedException {
      String how = ended.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (how == null) {
        throw new AssertionError("the agent did not end the stream within " + PATIENCE);
      }
      return how;
    }

    /** Hello, Welcome, Logon, Accepted. */
    public Logon accept(String... vpnIds) throws InterruptedException {
      Logon logon = welcome();
      send(
          ServerFrame.newBuilder()
              .setLogonResult(
                  LogonResult.newBuilder()
                      .setAccepted(
                          Accepted.newBuilder().setSessionId("s").addAllVpnIds(List.of(vpnIds)))));
      return logon;
    }

    /** Hello, Welcome, Logon. */
    public Logon welcome() throws InterruptedException {
      expect(AgentFrame::hasHello);
      send(ServerFrame.newBuilder().setWelcome(Welcome.newBuilder().setVersion(1)));
      return expect(AgentFrame::hasLogon).getLogon();
    }

    /** All views were sent. */
    public void synchronizedNow() {
      send(ServerFrame.newBuilder().setSynchronized(Synchronized.getDefaultInstance()));
    }
  }
}
