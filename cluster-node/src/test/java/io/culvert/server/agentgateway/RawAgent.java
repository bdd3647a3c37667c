package io.culvert.server.agentgateway;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.Applied;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.Logoff;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Resync;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.feed.NaiveView;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.ProtoUtils;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A client of the Link stream that does only what the test says, over real TLS. */
public final class RawAgent implements AutoCloseable {
  private static final int SMALL_WINDOW = 65_535;

  private final ManagedChannel channel;
  private final ClientCall<byte[], ServerFrame> call;
  private final LinkedBlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final boolean slow;

  /** The last one that came; tickets are not among the frames, since they come at any time. */
  private volatile ByteString ticket = ByteString.EMPTY;

  private RawAgent(ManagedChannel channel, boolean slow) {
    this.channel = channel;
    this.slow = slow;
    this.call = channel.newCall(method(), CallOptions.DEFAULT);
    call.start(new Listener(), new Metadata());
    call.request(slow ? 2 : Integer.MAX_VALUE);
  }

  static RawAgent connect(LinkServer server) {
    return new RawAgent(channel(server, null, null), false);
  }

  /** To any server at 127.0.0.1. */
  public static RawAgent connect(int port, X509Certificate authority) {
    return new RawAgent(channel(port, authority, null, null), false);
  }

  static RawAgent connect(LinkServer server, PrivateKey key, X509Certificate certificate) {
    return new RawAgent(channel(server, key, certificate), false);
  }

  /** Reads only what it is told to: two frames at first. */
  static RawAgent connectSlow(LinkServer server) {
    return new RawAgent(channel(server, null, null), true);
  }

  static EnrollReply enrol(LinkServer server, EnrollRequest request) {
    ManagedChannel channel = channel(server, null, null);
    try {
      return AgentGatewayGrpc.newBlockingStub(channel).enroll(request);
    } finally {
      channel.shutdownNow();
    }
  }

  private static ManagedChannel channel(
      LinkServer server, @Nullable PrivateKey key, @Nullable X509Certificate certificate) {
    return channel(server.gateway.port(), server.authority(), key, certificate);
  }

  private static ManagedChannel channel(
      int port,
      X509Certificate authority,
      @Nullable PrivateKey key,
      @Nullable X509Certificate certificate) {
    SslContextBuilder tls = GrpcSslContexts.forClient().trustManager(authority);
    if (key != null) {
      tls.keyManager(key, certificate);
    }
    try {
      return NettyChannelBuilder.forAddress("localhost", port)
          .sslContext(tls.build())
          .flowControlWindow(SMALL_WINDOW)
          .build();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  /** Requests are bytes, so that they may also be none of the protocol's. */
  private static MethodDescriptor<byte[], ServerFrame> method() {
    return AgentGatewayGrpc.getLinkMethod().toBuilder(
            new MethodDescriptor.Marshaller<byte[]>() {
              @Override
              public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
              }

              @Override
              public byte[] parse(InputStream stream) {
                throw new AssertionError("a client does not read requests");
              }
            },
            ProtoUtils.marshaller(ServerFrame.getDefaultInstance()))
        .build();
  }

  private final class Listener extends ClientCall.Listener<ServerFrame> {
    @Override
    public void onMessage(ServerFrame frame) {
      if (frame.hasTicket()) {
        ticket = frame.getTicket().getTicket();
        // It took the place of the frame that the test asked for.
        request(1);
      } else {
        frames.add(frame);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended.complete(status);
    }
  }

  // ---- to the server ----

  void sendBytes(byte[] bytes) {
    call.sendMessage(bytes);
  }

  void send(AgentFrame.Builder frame) {
    sendBytes(frame.build().toByteArray());
  }

  public void hello() {
    send(AgentFrame.newBuilder().setHello(Hello.newBuilder().setMinVersion(1).setMaxVersion(1)));
  }

  public void logon(String node, @Nullable String password) {
    Logon.Builder logon = Logon.newBuilder().setNodeId(node).setAttributes(attributes(node, 4500));
    if (password != null) {
      logon.setPassword(
          PasswordCredential.newBuilder()
              .setUserName(node.substring(node.indexOf('/') + 1))
              .setPassword(password));
    }
    send(AgentFrame.newBuilder().setLogon(logon));
  }

  /** Logs on with a ticket and nothing else. */
  public void resume(String node, ByteString ticket) {
    send(
        AgentFrame.newBuilder()
            .setLogon(
                Logon.newBuilder()
                    .setNodeId(node)
                    .setTicket(ticket)
                    .setAttributes(attributes(node, 4500))));
  }

  /** Waits for a ticket. */
  public ByteString ticket() {
    Await.until("a ticket comes", () -> !ticket.isEmpty());
    return ticket;
  }

  public void attributes(Attributes attributes) {
    send(AgentFrame.newBuilder().setAttributes(attributes));
  }

  void applied(String vpn, NaiveView view) {
    send(
        AgentFrame.newBuilder()
            .setApplied(
                Applied.newBuilder()
                    .setVpnId(vpn)
                    .setFeedIncarnation(view.incarnation())
                    .setSequence(view.sequence())
                    .setRevision(view.revision())));
  }

  void resync(String vpn) {
    send(AgentFrame.newBuilder().setResync(Resync.newBuilder().setVpnId(vpn)));
  }

  public void logoff() {
    send(AgentFrame.newBuilder().setLogoff(Logoff.newBuilder().setReason("test")));
  }

  public static Attributes attributes(String node, int udpPort) {
    return Attributes.newBuilder()
        .setX25519PublicKey(ByteString.copyFrom(new byte[32]))
        .setUdpPort(udpPort)
        .addLocalEndpoints(
            Endpoint.newBuilder()
                .setAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                .setPort(udpPort))
        .putSpiTags("acme/office", 5)
        .setHostName(node)
        .build();
  }

  // ---- from the server ----

  /** Hello and logon with the right password, until Synchronized; what came, in order. */
  public List<ServerFrame> link(String node) {
    hello();
    logon(node, LinkServer.PASSWORD);
    return untilSynchronized();
  }

  /** What comes until Synchronized, in order. */
  public List<ServerFrame> untilSynchronized() {
    List<ServerFrame> all = new ArrayList<>();
    do {
      all.add(next());
    } while (!all.getLast().hasSynchronized());
    return all;
  }

  /** Links, and returns the view of the only VPN. */
  public NaiveView linkToOneVpn(String node) {
    NaiveView view = new NaiveView();
    link(node).stream().filter(ServerFrame::hasSnapshot).forEach(view::apply);
    return view;
  }

  /** The next frame; fails as soon as none can come any more. */
  public ServerFrame next() {
    Await.until(
        () -> "a frame comes; the stream's end: " + ended.getNow(null),
        () -> !frames.isEmpty() || ended.isDone());
    ServerFrame frame = frames.poll();
    if (frame == null) {
      throw new AssertionError("the stream has ended: " + ended.getNow(null));
    }
    return frame;
  }

  /** The next cue; views of VPNs come at any time, so those before it are passed over. */
  Cue nextCue() {
    return Stream.generate(this::next)
        .filter(ServerFrame::hasCue)
        .findFirst()
        .orElseThrow()
        .getCue();
  }

  /** Applies views until the condition holds. */
  public void follow(NaiveView view, java.util.function.Predicate<NaiveView> until) {
    while (!until.test(view)) {
      ServerFrame frame = next();
      if (!view.apply(frame)) {
        throw new AssertionError("does not follow %d: %s".formatted(view.sequence(), frame));
      }
    }
  }

  public int waiting() {
    return frames.size();
  }

  void request(int count) {
    if (slow) {
      call.request(count);
    }
  }

  public Status end() {
    return ended.orTimeout(LinkServer.STEP.toSeconds(), TimeUnit.SECONDS).join();
  }

  public boolean hasEnded() {
    return ended.isDone();
  }

  /** Breaks the connection without a word. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
