package io.culvert.server.agentgateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The methods' descriptors, made by hand: frames to agents come encoded already (ADR 0003), and
 * bytes that are no message reach the service, which says so to the agent. gRPC itself would write
 * a page into the log for each.
 */
final class EncodedFrames {
  static final MethodDescriptor<Optional<AgentFrame>, ByteString> LINK =
      AgentGatewayGrpc.getLinkMethod().toBuilder(new Inbound<>(AgentFrame.parser()), new Outbound())
          .build();

  static final MethodDescriptor<Optional<EnrollRequest>, EnrollReply> ENROLL =
      AgentGatewayGrpc.getEnrollMethod().toBuilder(
              new Inbound<>(EnrollRequest.parser()),
              ProtoUtils.marshaller(EnrollReply.getDefaultInstance()))
          .build();

  private EncodedFrames() {}

  /** Empty: the bytes are no message of the kind. */
  private record Inbound<T extends MessageLite>(Parser<T> parser)
      implements MethodDescriptor.Marshaller<Optional<T>> {
    @Override
    public InputStream stream(Optional<T> message) {
      return message.map(MessageLite::toByteString).orElse(ByteString.EMPTY).newInput();
    }

    @Override
    public Optional<T> parse(InputStream stream) {
      try {
        return Optional.of(parser.parseFrom(stream));
      } catch (InvalidProtocolBufferException e) {
        return Optional.empty();
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
