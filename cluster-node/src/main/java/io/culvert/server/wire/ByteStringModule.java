package io.culvert.server.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.google.protobuf.ByteString;
import java.io.IOException;

/** Protobuf's immutable bytes in messages between servers: CBOR byte strings. */
public final class ByteStringModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /** Called by Pekko, by name. */
  public ByteStringModule() {
    super("culvert-byte-strings");
    addSerializer(ByteString.class, new Writer());
    addDeserializer(ByteString.class, new Reader());
  }

  private static final class Writer extends StdScalarSerializer<ByteString> {
    private static final long serialVersionUID = 1L;

    Writer() {
      super(ByteString.class);
    }

    @Override
    public void serialize(ByteString value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeBinary(value.toByteArray());
    }
  }

  private static final class Reader extends StdScalarDeserializer<ByteString> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(ByteString.class);
    }

    @Override
    public ByteString deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      return ByteString.copyFrom(in.getBinaryValue());
    }
  }
}
