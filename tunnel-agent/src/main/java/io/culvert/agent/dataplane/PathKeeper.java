package io.culvert.agent.dataplane;

import io.culvert.agent.esp.EspPacket;
import io.culvert.agent.esp.EspSealer;
import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.transport.Endpoint;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps the way to each peer open: probes while a peer's newest keys are unproven or nothing is
 * heard of it, keepalives while there is nothing to say, and the end of superseded keys. Time is
 * passed in; what is due next is {@link #nextDeadlineNanos}.
 *
 * <p>Owned by the outbound worker.
 */
final class PathKeeper {
  /** A deadline that is not near: an idle engine looks around once in an hour. */
  static final long FAR_NANOS = 3_600_000_000_000L;

  private final PacketSealer sealer;
  private final Consumer<SecurityAssociationPair> retired;
  private final byte[] dummy = new byte[DummyKind.PAYLOAD_BYTES + EspSealer.TRAILER_ROOM_BYTES];
  private final long keepaliveNanos;
  private final long keepaliveSlackNanos;
  private final long suspectNanos;
  private final long firstProbeNanos;
  private final long lastProbeNanos;
  private final long graceNanos;
  private long deadlineNanos;

  PathKeeper(
      PacketSealer sealer, EngineSettings settings, Consumer<SecurityAssociationPair> retired) {
    this.sealer = sealer;
    this.retired = retired;
    keepaliveNanos = settings.keepalive().toNanos();
    keepaliveSlackNanos = keepaliveNanos / 20; // so that one wake-up serves many peers
    suspectNanos = settings.suspectAfter().toNanos();
    firstProbeNanos = settings.firstProbe().toNanos();
    lastProbeNanos = settings.lastProbe().toNanos();
    graceNanos = settings.rekeyGrace().toNanos();
  }

  /** When {@link #onTimer} wants to be called. */
  long nextDeadlineNanos() {
    return deadlineNanos;
  }

  /** Does what is due for any peer. Also called when the snapshot has changed. */
  void onTimer(List<PeerPolicy> peers, long nowNanos) {
    deadlineNanos = nowNanos + FAR_NANOS;
    for (int i = 0; i < peers.size(); i++) {
      deadlineAtMost(service(peers.get(i), nowNanos));
    }
  }

  /** The inbound worker has news of a peer: an answer is owed, or its keys are proven. */
  void onSignal(PeerPolicy peer, long nowNanos) {
    SecurityAssociationPair owed = peer.state().takeAnswer();
    Endpoint endpoint = peer.destination();
    if (owed != null && !owed.isRetired() && endpoint != null) {
      sendDummy(peer, owed, endpoint, DummyKind.NOTICE, nowNanos);
    }
    deadlineAtMost(service(peer, nowNanos));
  }

  /** A packet of the inner network was sent: from now on an answer is expected. */
  void onDataSent(PeerPolicy peer, long nowNanos) {
    PathTimers timers = peer.state().timers;
    timers.lastSentNanos = nowNanos;
    timers.lastDataSentNanos = nowNanos;
    deadlineAtMost(nowNanos + suspectNanos);
  }

  private void deadlineAtMost(long candidateNanos) {
    if (candidateNanos - deadlineNanos < 0) {
      deadlineNanos = candidateNanos;
    }
  }

  /** Does what is due for one peer; returns when it is to be looked at again. */
  private long service(PeerPolicy peer, long nowNanos) {
    SecurityAssociationPair newest = peer.newest();
    if (newest == null) {
      return nowNanos + FAR_NANOS;
    }
    PathTimers timers = peer.state().timers;
    if (timers.pair != newest) {
      if (timers.pair == null) {
        timers.lastSentNanos = nowNanos;
        timers.lastDataSentNanos = nowNanos;
      }
      timers.pair = newest;
      peer.state().keysSinceNanos.set(nowNanos);
      timers.graceRunning = false;
      timers.startProbing(nowNanos, firstProbeNanos);
    }
    long silentSince = peer.state().lastInboundNanos.get();
    if (!newest.isProven() || suspectAt(timers, silentSince) - nowNanos <= 0) {
      return probe(peer, newest, nowNanos);
    }
    timers.probing = false;
    long due = keepAlive(peer, newest, nowNanos);
    due = earlier(due, suspectAt(timers, silentSince));
    return earlier(due, retireSuperseded(peer, nowNanos));
  }

  /** When the path is no longer trusted: soon if data goes out and nothing comes back. */
  private long suspectAt(PathTimers timers, long silentSinceNanos) {
    boolean expecting = timers.lastDataSentNanos - silentSinceNanos > 0;
    return silentSinceNanos + suspectNanos + (expecting ? 0 : keepaliveNanos);
  }

  private long probe(PeerPolicy peer, SecurityAssociationPair newest, long nowNanos) {
    PathTimers timers = peer.state().timers;
    if (!timers.probing) {
      timers.startProbing(nowNanos, firstProbeNanos);
    }
    if (timers.nextProbeNanos - nowNanos <= 0) {
      Endpoint learned = peer.state().endpoint();
      if (learned != null) {
        sendDummy(peer, newest, learned, DummyKind.PROBE, nowNanos);
      }
      for (int i = 0; i < peer.candidateCount(); i++) {
        if (!peer.candidate(i).equals(learned)) {
          sendDummy(peer, newest, peer.candidate(i), DummyKind.PROBE, nowNanos);
        }
      }
      timers.nextProbeNanos = nowNanos + timers.probePauseNanos;
      timers.probePauseNanos = Math.min(2 * timers.probePauseNanos, lastProbeNanos);
    }
    return timers.nextProbeNanos;
  }

  private long keepAlive(PeerPolicy peer, SecurityAssociationPair newest, long nowNanos) {
    PathTimers timers = peer.state().timers;
    Endpoint endpoint = peer.state().endpoint();
    if (endpoint == null) {
      return nowNanos + FAR_NANOS;
    }
    if (nowNanos - timers.lastSentNanos >= keepaliveNanos - keepaliveSlackNanos) {
      sendDummy(peer, newest, endpoint, DummyKind.NOTICE, nowNanos);
    }
    return timers.lastSentNanos + keepaliveNanos;
  }

  private long retireSuperseded(PeerPolicy peer, long nowNanos) {
    PathTimers timers = peer.state().timers;
    if (peer.pairCount() < 2) {
      return nowNanos + FAR_NANOS;
    }
    if (!timers.graceRunning) {
      timers.graceRunning = true;
      timers.graceEndNanos = nowNanos + graceNanos;
    }
    if (timers.graceEndNanos - nowNanos > 0) {
      return timers.graceEndNanos;
    }
    for (int i = 1; i < peer.pairCount(); i++) {
      SecurityAssociationPair superseded = peer.pair(i);
      if (!superseded.isRetired()) {
        superseded.retire();
        superseded.outbound().transform().close();
        retired.accept(superseded);
      }
    }
    return nowNanos + FAR_NANOS;
  }

  private void sendDummy(
      PeerPolicy peer, SecurityAssociationPair pair, Endpoint to, byte kind, long nowNanos) {
    dummy[0] = kind;
    boolean sealed =
        sealer.seal(
            peer.state(),
            pair.outbound(),
            to,
            peer.masqueradeWord(),
            EspPacket.NO_NEXT_HEADER,
            dummy,
            0,
            DummyKind.PAYLOAD_BYTES);
    if (sealed) {
      peer.state().outboundPackets.add(1);
    }
    peer.state().timers.lastSentNanos = nowNanos;
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }
}
