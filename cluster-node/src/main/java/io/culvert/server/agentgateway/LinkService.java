package io.culvert.server.agentgateway;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.server.admission.Origin;
import io.culvert.server.authentication.NodeEnrolment;
import io.culvert.server.session.AgentSession;
import io.culvert.server.session.SessionEnvironment;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/** The service of the agent protocol: spawns a session for each link, and hands enrolments on. */
final class LinkService {
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final SessionEnvironment environment;
  private final Supplier<Runnable> callBegins;
  private final Set<ActorRef<AgentSession.Command>> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicLong sessionNumbers = new AtomicLong();
  private volatile boolean draining;

  /**
   * Without sessions.
   *
   * @param callBegins called when a logon or an enrolment begins; what it returns is run when it is
   *     over, once or more often
   */
  LinkService(
      ActorSystem<?> system, SessionEnvironment environment, Supplier<Runnable> callBegins) {
    this.system = system;
    this.environment = environment;
    this.callBegins = callBegins;
  }

  ServerServiceDefinition bind(NodeEnrolment enrolment) {
    return ServerServiceDefinition.builder(AgentGatewayGrpc.SERVICE_NAME)
        .addMethod(EncodedFrames.LINK, ServerCalls.asyncBidiStreamingCall(this::link))
        .addMethod(
            EncodedFrames.ENROLL,
            ServerCalls.<Optional<EnrollRequest>, EnrollReply>asyncUnaryCall(
                (request, responses) -> enrol(enrolment, request, responses)))
        .build();
  }

  int sessionCount() {
    return sessions.size();
  }

  private void enrol(
      NodeEnrolment enrolment,
      Optional<EnrollRequest> request,
      StreamObserver<EnrollReply> responses) {
    if (request.isEmpty()) {
      responses.onError(
          Status.INVALID_ARGUMENT
              .withDescription("the message is no EnrollRequest")
              .asRuntimeException());
      return;
    }
    Runnable over = callBegins.get();
    enrolment
        .enrol(request.get(), Origin.of(ConnectionInterceptor.CONNECTION.get().remoteAddress()))
        .whenComplete(
            (reply, failure) -> {
              over.run();
              if (failure == null) {
                responses.onNext(reply);
                responses.onCompleted();
              } else {
                responses.onError(Status.INTERNAL.asRuntimeException());
              }
            });
  }

  private StreamObserver<Optional<AgentFrame>> link(StreamObserver<ByteString> responses) {
    ServerCallStreamObserver<ByteString> outbound =
        (ServerCallStreamObserver<ByteString>) responses;
    if (draining) {
      outbound.onError(
          Status.UNAVAILABLE
              .withDescription("the server is going to stop; use another one")
              .asRuntimeException());
      return new Ignoring();
    }
    outbound.disableAutoRequest();
    Runnable logonOver = callBegins.get();
    ActorRef<AgentSession.Command> session =
        system.systemActorOf(
            AgentSession.create(
                environment,
                ConnectionInterceptor.CONNECTION.get(),
                new GrpcStream(outbound, logonOver)),
            "session-" + sessionNumbers.incrementAndGet(),
            Props.empty());
    sessions.add(session);
    if (draining) {
      session.tell(AgentSession.ServerStops.INSTANCE);
    }
    outbound.setOnReadyHandler(() -> session.tell(AgentSession.StreamReady.INSTANCE));
    Runnable streamEnds =
        () -> {
          logonOver.run();
          ended(session);
        };
    outbound.setOnCancelHandler(streamEnds);
    outbound.setOnCloseHandler(streamEnds);
    outbound.request(1);
    return new StreamObserver<>() {
      @Override
      public void onNext(Optional<AgentFrame> frame) {
        session.tell(
            frame
                .<AgentSession.Command>map(AgentSession.FromAgent::new)
                .orElse(AgentSession.Malformed.INSTANCE));
      }

      @Override
      public void onError(Throwable failure) {
        ended(session);
      }

      @Override
      public void onCompleted() {
        ended(session);
      }
    };
  }

  private void ended(ActorRef<AgentSession.Command> session) {
    if (sessions.remove(session)) {
      session.tell(AgentSession.StreamEnded.INSTANCE);
    }
  }

  /** Tells all agents to move within {@code spread}; done when they have gone or it is over. */
  CompletionStage<Done> drain(Duration spread) {
    draining = true;
    CompletableFuture<Done> done = new CompletableFuture<>();
    for (ActorRef<AgentSession.Command> session : sessions) {
      session.tell(new AgentSession.Drain(delayMillis(spread)));
    }
    pollEmpty(done, Duration.ofMillis(50));
    return done.completeOnTimeout(
        Done.getInstance(), spread.plus(DRAIN_MARGIN).toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Tells some agents to move, each at its own moment within {@code spread}. */
  void move(int agents, Duration spread) {
    sessions.stream()
        .limit(agents)
        .forEach(session -> session.tell(new AgentSession.Move(delayMillis(spread))));
  }

  private static int delayMillis(Duration spread) {
    return ThreadLocalRandom.current().nextInt((int) Math.max(1, spread.toMillis()));
  }

  /** Ends all streams now. */
  void stop() {
    draining = true;
    sessions.forEach(session -> session.tell(AgentSession.ServerStops.INSTANCE));
  }

  private void pollEmpty(CompletableFuture<Done> done, Duration interval) {
    if (sessions.isEmpty()) {
      done.complete(Done.getInstance());
    } else if (!done.isDone()) {
      system
          .scheduler()
          .scheduleOnce(interval, () -> pollEmpty(done, interval), system.executionContext());
    }
  }

  private static final class Ignoring implements StreamObserver<Optional<AgentFrame>> {
    @Override
    public void onNext(Optional<AgentFrame> frame) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
