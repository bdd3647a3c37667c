package io.culvert.server.session;

import com.google.protobuf.ByteString;

/** The stream to one agent. Used by the session's actor only; never blocks. */
public interface AgentStream {
  /** Whether a frame would be sent at once; if not, the session is told when it would be again. */
  boolean isReady();

  /** Sends an encoded {@code ServerFrame}. */
  void send(ByteString frame);

  /** The agent is linked: the server has time for somebody else's logon. */
  void logonOver();

  /** Lets the next frame of the agent come. */
  void requestNext();

  /** Ends the stream: all that was sent before still arrives. */
  void complete();

  /** Ends the stream because the agent broke the protocol. */
  void fail(String reason);

  /**
   * Ends the stream because the server cannot go on with it: the agent may connect again. Does
   * nothing if it has ended.
   */
  void unavailable(String reason);
}
