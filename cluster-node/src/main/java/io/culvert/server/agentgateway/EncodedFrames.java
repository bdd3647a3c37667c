package io.culvert.server.agentgateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * {@code Link}'s method descriptor, made by hand: frames to agents come encoded already (ADR 0003),
 * and bytes that are no frame reach the session, which says so to the agent and counts it.
 */
final class EncodedFrames {
  static final MethodDescriptor<Optional<AgentFrame>, ByteString> LINK =
      AgentGatewayGrpc.getLinkMethod().toBuilder(new Inbound(), new Outbound()).build();

  private EncodedFrames() {}

  /** Empty: the bytes are no frame. */
  private static final class Inbound implements MethodDescriptor.Marshaller<Optional<AgentFrame>> {
    @Override
    public InputStream stream(Optional<AgentFrame> frame) {
      return frame.orElse(AgentFrame.getDefaultInstance()).toByteString().newInput();
    }

    @Override
    public Optional<AgentFrame> parse(InputStream stream) {
      try {
        return Optional.of(AgentFrame.parseFrom(stream));
      } catch (InvalidProtocolBufferException e) {
        return Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Outbound implements MethodDescriptor.Marshaller<ByteString> {
    @Override
    public InputStream stream(ByteString encoded) {
      return encoded.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      try {
        return UnsafeByteOperations.unsafeWrap(stream.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
