package io.culvert.acceptance.history;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/** Something that an agent went through, as its own process saw it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AgentEvent.InState.class, name = "in-state"),
  @JsonSubTypes.Type(value = AgentEvent.ViewSeen.class, name = "view-seen")
})
public sealed interface AgentEvent {
  /** The state of an agent that has told its server that it leaves. */
  String LOGGED_OFF = "logged-off";

  /** When, microseconds since the epoch. */
  long micros();

  /** Which agent, {@code organization/name}. */
  String agent();

  /** Which start of the agent, from 1. */
  int life();

  /**
   * It is in another state.
   *
   * @param state in lower case, as in {@code agent status}
   * @param server the address of the server that was used last; may be empty
   */
  record InState(long micros, String agent, int life, String state, String server)
      implements AgentEvent {}

  /**
   * It has another view.
   *
   * @param own its own place
   * @param changed peers that are new, or other than in this life's view before
   * @param gone peers that were in the view before
   */
  record ViewSeen(
      long micros,
      String agent,
      int life,
      String vpn,
      long revision,
      PeerSeen own,
      Map<String, PeerSeen> changed,
      List<String> gone)
      implements AgentEvent {}
}
