package io.culvert.model.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * IP addresses in the journal: their literal text, without a name and without a look-up.
 *
 * <p>Jackson itself knows {@link InetAddress} only, and might ask a name server when reading it.
 */
public final class AddressModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /** Called by Pekko, by name. */
  public AddressModule() {
    super("culvert-addresses");
    addSerializer(InetAddress.class, new LiteralSerializer());
    addDeserializer(Inet4Address.class, new LiteralDeserializer<>(Inet4Address.class));
    addDeserializer(Inet6Address.class, new LiteralDeserializer<>(Inet6Address.class));
  }

  private static final class LiteralSerializer extends StdSerializer<InetAddress> {
    private static final long serialVersionUID = 1L;

    LiteralSerializer() {
      super(InetAddress.class);
    }

    @Override
    public void serialize(InetAddress value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.getHostAddress());
    }
  }

  private static final class LiteralDeserializer<A extends InetAddress> extends StdDeserializer<A> {
    private static final long serialVersionUID = 1L;
    private final Class<A> type;

    LiteralDeserializer(Class<A> type) {
      super(type);
      this.type = type;
    }

    @Override
    public A deserialize(JsonParser in, DeserializationContext context) throws IOException {
      String literal = in.getValueAsString();
      try {
        return type.cast(InetAddress.ofLiteral(literal));
      } catch (IllegalArgumentException | ClassCastException e) {
        return type.cast(
            context.handleWeirdStringValue(
                type, literal, "not a literal of %s", type.getSimpleName()));
      }
    }
  }
}
