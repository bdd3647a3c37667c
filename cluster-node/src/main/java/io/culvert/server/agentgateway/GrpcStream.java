package io.culvert.server.agentgateway;

import com.google.protobuf.ByteString;
import io.culvert.server.session.AgentStream;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

/** A gRPC stream as sessions know it. Frames to an agent that is gone are lost without a word. */
final class GrpcStream implements AgentStream {
  private final ServerCallStreamObserver<ByteString> outbound;
  private final Runnable logonOver;
  private boolean closed;

  /**
   * A stream that stands.
   *
   * @param logonOver run when the session says so
   */
  GrpcStream(ServerCallStreamObserver<ByteString> outbound, Runnable logonOver) {
    this.outbound = outbound;
    this.logonOver = logonOver;
  }

  @Override
  public void logonOver() {
    logonOver.run();
  }

  @Override
  public boolean isReady() {
    return !closed && outbound.isReady();
  }

  @Override
  public void send(ByteString frame) {
    if (!closed && !outbound.isCancelled()) {
      outbound.onNext(frame);
    }
  }

  @Override
  public void requestNext() {
    if (!closed) {
      outbound.request(1);
    }
  }

  @Override
  public void complete() {
    if (!closed && !outbound.isCancelled()) {
      outbound.onCompleted();
    }
    closed = true;
  }

  @Override
  public void fail(String reason) {
    end(Status.INVALID_ARGUMENT.withDescription(reason));
  }

  @Override
  public void unavailable(String reason) {
    end(Status.UNAVAILABLE.withDescription(reason));
  }

  private void end(Status status) {
    if (!closed && !outbound.isCancelled()) {
      outbound.onError(status.asRuntimeException());
    }
    closed = true;
  }
}
