package io.culvert.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.culvert.model.identity.Name;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.javalin.http.Context;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what is in a request, strictly. */
final class Requests {
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The attribute under which {@link AdminServer} puts the sender. */
  static final String PRINCIPAL = "culvert-principal";

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final int MAX_KEY = 128;

  private Requests() {}

  static <T> T body(Context context, Class<T> type) {
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
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest("the body is not valid: " + e.getOriginalMessage());
    }
  }

  /** A field that must be there. */
  static String required(@Nullable String value, String field) {
    if (value == null || value.isEmpty()) {
      throw ApiException.badRequest("the field '%s' is missing".formatted(field));
    }
    return value;
  }

  /** The caller's id for this change: a repeated request changes nothing twice. */
  static String requestId(Context context) {
    String key = context.header(IDEMPOTENCY_KEY);
    if (key != null && key.length() > MAX_KEY) {
      throw ApiException.badRequest(
          "%s is longer than %d characters".formatted(IDEMPOTENCY_KEY, MAX_KEY));
    }
    return key == null || key.isBlank() ? UUID.randomUUID().toString() : key;
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
