package io.culvert.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.culvert.model.identity.Name;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what is in a request, strictly. */
final class Requests {
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  /** The attribute under which {@link AdminServer} puts the sender. */
  static final String PRINCIPAL = "culvert-principal";

  /** The attribute under which {@link AdminServer} puts the maker of request ids. */
  static final String KEYS = "culvert-idempotency-keys";

  private static final int MOST_BYTES = 64 * 1024;

  private Requests() {}

  /** The body, of at most {@link #MOST_BYTES}. */
  static <T> T body(Context context, Class<T> type) {
    return body(context, type, MOST_BYTES);
  }

  /** The body, of at most so many bytes. */
  static <T> T body(Context context, Class<T> type, int mostBytes) {
    if (context.bodyAsBytes().length > mostBytes) {
      throw new ApiException(
          413, "too-large", "the body is larger than %d KiB".formatted(mostBytes / 1024));
    }
    String text = context.body();
    try {
      T value = JSON.readValue(text.isBlank() ? "{}" : text, type);
      if (value == null) {
        throw ApiException.badRequest("the body is null; send a JSON object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw ApiException.badRequest(
          "there is no field '%s'; known: %s"
              .formatted(e.getPropertyName(), e.getKnownPropertyIds()));
    } catch (InvalidFormatException e) {
      throw ApiException.badRequest(
          "the field '%s' cannot be '%s'%s"
              .formatted(fieldOf(e), e.getValue(), choices(e.getTargetType())));
    } catch (JsonMappingException e) {
      throw ApiException.badRequest("the field '%s' has the wrong type".formatted(fieldOf(e)));
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest(
          "the body is not JSON, at line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
  }

  private static String fieldOf(JsonMappingException failure) {
    return failure.getPath().stream()
        .map(
            step ->
                step.getFieldName() == null
                    ? "[%d]".formatted(step.getIndex())
                    : "." + step.getFieldName())
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }

  private static String choices(Class<?> type) {
    return type.isEnum()
        ? "; choose one of "
            + Arrays.stream(type.getEnumConstants())
                .map(value -> JSON.convertValue(value, String.class))
                .collect(Collectors.joining(", "))
        : "";
  }

  /** A field that must be there. */
  static String required(@Nullable String value, String field) {
    if (value == null || value.isEmpty()) {
      throw ApiException.badRequest("the field '%s' is missing".formatted(field));
    }
    return value;
  }

  /** A field that must be there and is no longer than this many characters. */
  static String required(@Nullable String value, String field, int longest) {
    if (required(value, field).length() > longest) {
      throw ApiException.badRequest(
          "the field '%s' is longer than %d characters".formatted(field, longest));
    }
    return required(value, field);
  }

  /** The caller's id for this change: a repeated request changes nothing twice. */
  static String requestId(Context context) {
    IdempotencyKeys keys = Objects.requireNonNull(context.attribute(KEYS));
    return keys.requestId(context, principal(context));
  }

  static Principal principal(Context context) {
    Principal principal = context.attribute(PRINCIPAL);
    if (principal == null) {
      throw new ApiException(401, "unauthenticated", "log in first: culvert admin login");
    }
    return principal;
  }

  static void requireOperator(Context context) {
    if (!principal(context).isOperator()) {
      throw forbidden();
    }
  }

  /** The organization of the path, if the sender may manage it. */
  static String organization(Context context) {
    String name = name(context, "organization");
    if (!principal(context).mayManage(name)) {
      throw forbidden();
    }
    return name;
  }

  private static ApiException forbidden() {
    return new ApiException(
        403, "forbidden", "you are not an administrator of that; ask an operator of the cluster");
  }

  static VpnId vpn(Context context) {
    return new VpnId(organization(context), name(context, "vpn"));
  }

  static NodeId node(Context context) {
    return new NodeId(organization(context), name(context, "node"));
  }

  static String name(Context context, String parameter) {
    return validName(context.pathParam(parameter), parameter);
  }

  static String validName(String text, String kind) {
    try {
      return Name.require(text, kind);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
  }
}
