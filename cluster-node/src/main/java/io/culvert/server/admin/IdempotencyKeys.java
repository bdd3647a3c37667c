package io.culvert.server.admin;

import io.culvert.server.pki.MasterKey;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes request ids for the entities of the {@code Idempotency-Key} header. Thread-safe.
 *
 * <p>An entity remembers request ids, not requests. So the id is the key and a tag of sender,
 * method, path and body: the same key with another request can never be answered as if it had
 * happened. This server remembers the tags of the last keys and refuses such a request; another
 * server of the cluster takes it for a new one. The tag is an HMAC, because bodies hold passwords
 * and ids are journalled.
 */
final class IdempotencyKeys {
  private static final String HEADER = "Idempotency-Key";
  private static final int LONGEST_KEY = 128;
  private static final int REMEMBERED = 10_000;
  private static final int KEY_BYTES = 32;
  private static final int TAG_BYTES = 12;

  private final SecretKeySpec secret;
  private final Map<String, String> tags =
      new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  IdempotencyKeys(MasterKey masterKey) {
    byte[] derived =
        masterKey.derive(
            "culvert idempotency v1".getBytes(StandardCharsets.US_ASCII), new byte[0], KEY_BYTES);
    this.secret = new SecretKeySpec(derived, "HmacSHA256");
  }

  /**
   * The request id of a change.
   *
   * @throws ApiException if the key is malformed, or was used for another request
   */
  String requestId(Context context, Principal sender) {
    String key = context.header(HEADER);
    if (key == null) {
      return UUID.randomUUID().toString();
    }
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw ApiException.badRequest("%s has 1 to %d characters".formatted(HEADER, LONGEST_KEY));
    }
    String tag = tag(context, sender);
    if (!tag.equals(remembered(sender.userName() + "\n" + key, tag))) {
      throw new ApiException(
          422,
          "idempotency-key-reused",
          "this %s was used for another request; choose a new one for each change"
              .formatted(HEADER));
    }
    return key + "~" + tag;
  }

  private synchronized String remembered(String key, String tag) {
    String earlier = tags.putIfAbsent(key, tag);
    return earlier == null ? tag : earlier;
  }

  private String tag(Context context, Principal sender) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      String head =
          "%s\n%s\n%s\n".formatted(sender.userName(), context.method().name(), context.path());
      mac.update(head.getBytes(StandardCharsets.UTF_8));
      mac.update(context.bodyAsBytes());
      return HexFormat.of().formatHex(mac.doFinal(), 0, TAG_BYTES);
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
