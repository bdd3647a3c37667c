package io.culvert.agent.sad;

import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes and destroys association pairs, and remembers where each identity stopped, so that none
 * ever begins anew: a sequence number is the nonce of AES-GCM.
 *
 * <p>What is remembered of a destroyed pair are three numbers, not its keys: whoever wakes the
 * identity brings them again. Of the replay window only its upper end is kept: late packets from
 * before are refused. The memory of an identity, some 200 bytes, lasts as long as the process,
 * because the keys can come back as long.
 *
 * <p>Owned by the control thread. A pair is destroyed after both workers have let go of it.
 */
public final class SecurityAssociationRegistry {
  private final AeadChoice aead;
  private final Function<EspTransform, SaLimits> limits;
  private final Map<String, Counters> stopped = new HashMap<>();

  /**
   * A registry without memory: for a new process.
   *
   * @param limits how much one key of a transform may carry
   */
  public SecurityAssociationRegistry(AeadChoice aead, Function<EspTransform, SaLimits> limits) {
    this.aead = aead;
    this.limits = limits;
  }

  /**
   * A pair with these keys, which continues where the identity stopped. Takes over the keys.
   *
   * @throws IllegalArgumentException if a key has the wrong length
   */
  public SecurityAssociationPair create(
      String identity,
      EspTransform transform,
      int outboundSpiInt,
      KeyMaterial outboundKey,
      int inboundSpiInt,
      KeyMaterial inboundKey) {
    Counters counters = stopped.getOrDefault(identity, Counters.NEW);
    try (outboundKey;
        inboundKey) {
      var outbound =
          new OutboundSecurityAssociation(
              outboundSpiInt,
              transform,
              aead.outbound().create(transform, outboundKey),
              limits.apply(transform),
              counters.lastSequence,
              counters.payloadBytes);
      var inbound =
          new InboundSecurityAssociation(
              inboundSpiInt,
              transform,
              aead.inbound().create(transform, inboundKey),
              counters.highestReceived);
      return new SecurityAssociationPair(identity, transform, outbound, inbound);
    }
  }

  /** Zeroes the keys of a pair that no worker uses any more, and remembers where it stopped. */
  public void destroy(SecurityAssociationPair pair) {
    stopped.put(
        pair.identity(),
        new Counters(
            pair.outbound().lastSequence(),
            pair.outbound().payloadBytes(),
            pair.inbound().window().highest()));
    pair.outbound().transform().close();
    pair.inbound().transform().close();
  }

  private record Counters(long lastSequence, long payloadBytes, long highestReceived) {
    static final Counters NEW = new Counters(0, 0, 0);
  }
}
