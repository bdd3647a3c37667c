package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.sad.SingleWriterCounter;
import io.culvert.agent.transport.Endpoint;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What changes about a peer between two configurations. It outlives them; each field says who
 * writes it.
 */
final class PeerState {
  private static final long NEVER = Long.MIN_VALUE;

  final String vpnId;
  final String nodeId;

  /** By the outbound worker. */
  final SingleWriterCounter outboundPackets = new SingleWriterCounter();

  /** By the outbound worker. */
  final SingleWriterCounter outboundBytes = new SingleWriterCounter();

  /** By the inbound worker. */
  final SingleWriterCounter inboundPackets = new SingleWriterCounter();

  /** By the inbound worker. */
  final SingleWriterCounter inboundBytes = new SingleWriterCounter();

  /** By the inbound worker: time of the newest authenticated packet. */
  final SingleWriterCounter lastInboundNanos = new SingleWriterCounter();

  /** By the outbound worker: when it began with the newest association pair. */
  final SingleWriterCounter keysSinceNanos = new SingleWriterCounter();

  /** By the inbound worker: where the newest authenticated packet came from. */
  private volatile @Nullable Endpoint endpoint;

  /** By the control thread: what the present configuration says; null once it names it no more. */
  private volatile @Nullable PeerPolicy policy;

  /** Set by the inbound worker, taken by the outbound worker: a probe came with this pair. */
  private final AtomicReference<@Nullable SecurityAssociationPair> answerOwed =
      new AtomicReference<>();

  /** Whether the outbound worker's attention was asked for and not yet given. */
  private final AtomicBoolean signalled = new AtomicBoolean();

  /** Of the outbound worker alone. */
  final PathTimers timers = new PathTimers();

  /** Of the inbound worker alone: generation of the newest pair that has taught the endpoint. */
  private long learnedGeneration;

  PeerState(String vpnId, String nodeId) {
    this.vpnId = vpnId;
    this.nodeId = nodeId;
    lastInboundNanos.set(NEVER);
    keysSinceNanos.set(NEVER);
  }

  @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /** Learns where the peer is. Only the inbound worker. */
  void learn(Endpoint source) {
    endpoint = source;
  }

  /** From now on older keys teach no more. Only the inbound worker. */
  void learnOnlyFrom(long generation) {
    learnedGeneration = generation;
  }

  /** Whether packets of this generation of keys may still teach. Only the inbound worker. */
  boolean learnsFrom(long generation) {
    return generation >= learnedGeneration;
  }

  /** Whether any packet was authenticated. */
  boolean hasInbound() {
    return lastInboundNanos.get() != NEVER;
  }

  /** Whether the outbound worker has seen any association pair. */
  boolean hasHadKeys() {
    return keysSinceNanos.get() != NEVER;
  }

  @Nullable PeerPolicy policy() {
    return policy;
  }

  void policy(@Nullable PeerPolicy newPolicy) {
    policy = newPolicy;
  }

  void oweAnswer(SecurityAssociationPair pair) {
    answerOwed.set(pair);
  }

  @Nullable SecurityAssociationPair takeAnswer() {
    return answerOwed.getAndSet(null);
  }

  /** Whether the caller is the first to ask since the last {@link #clearSignal}. */
  boolean raiseSignal() {
    return signalled.compareAndSet(false, true);
  }

  void clearSignal() {
    signalled.set(false);
  }
}
