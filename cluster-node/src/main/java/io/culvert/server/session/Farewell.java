package io.culvert.server.session;

import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Refusal;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The ways in which a session ends: the last frame, the end of the stream, the count; each returns
 * the behavior that stops the actor. Owned by the session's actor.
 */
final class Farewell {
  /** When an agent should try again after a refusal that will pass. */
  private static final int RETRY_MILLIS = 2_000;

  private final AgentStream stream;
  private final LogonCounters logons;
  private boolean forGood;

  Farewell(AgentStream stream, LogonCounters logons) {
    this.stream = stream;
    this.logons = logons;
  }

  /** Whether the node is offline now, without a grace period. */
  boolean isForGood() {
    return forGood;
  }

  /** The agent broke the protocol. */
  Behavior<AgentSession.Command> violation(String reason, String message) {
    logons.violated(reason);
    stream.fail(message);
    return Behaviors.stopped();
  }

  /** The agent may not log on. */
  Behavior<AgentSession.Command> refused(Refusal refusal) {
    logons.refused(refusal.getCode().name());
    stream.send(Frames.refused(refusal));
    return end();
  }

  /** The agent may not log on now, but perhaps soon. */
  Behavior<AgentSession.Command> unavailable(String message) {
    return refused(Frames.refusal(Refusal.Code.UNAVAILABLE, message, RETRY_MILLIS));
  }

  /** Too many log on at once: the agent has a slot later. */
  Behavior<AgentSession.Command> busy(int waitMillis) {
    return refused(
        Frames.refusal(
            Refusal.Code.BUSY,
            "many agents log on at once; this one has its turn soon",
            waitMillis));
  }

  /** The agent leaves by its own will. */
  Behavior<AgentSession.Command> logoff() {
    forGood = true;
    return end();
  }

  /** A newer session owns the node. */
  Behavior<AgentSession.Command> displaced(String message) {
    stream.send(Frames.cue(Cue.Kind.DISPLACED, message, 0));
    return end();
  }

  /** The node may not be online any more. */
  Behavior<AgentSession.Command> revoked(String message) {
    forGood = true;
    stream.send(Frames.cue(Cue.Kind.REVOKED, message, 0));
    return end();
  }

  /** The server stops. */
  Behavior<AgentSession.Command> serverStops() {
    stream.unavailable("the server is stopping");
    return Behaviors.stopped();
  }

  /** The stream ends, all that was sent before still arrives. */
  Behavior<AgentSession.Command> end() {
    stream.complete();
    return Behaviors.stopped();
  }

  /** The actor has stopped, perhaps by a failure of its own: then the stream is still open. */
  void stopped() {
    stream.unavailable("the session ended; connect again");
  }
}
