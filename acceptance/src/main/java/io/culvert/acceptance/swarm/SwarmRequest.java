package io.culvert.acceptance.swarm;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a swarm is asked to do; one JSON object a line, in the order in which they are done. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SwarmRequest.Enrol.class, name = "enrol"),
  @JsonSubTypes.Type(value = SwarmRequest.Start.class, name = "start"),
  @JsonSubTypes.Type(value = SwarmRequest.Stop.class, name = "stop"),
  @JsonSubTypes.Type(value = SwarmRequest.Count.class, name = "count"),
  @JsonSubTypes.Type(value = SwarmRequest.Applied.class, name = "applied"),
  @JsonSubTypes.Type(value = SwarmRequest.Links.class, name = "links"),
  @JsonSubTypes.Type(value = SwarmRequest.Views.class, name = "views")
})
public sealed interface SwarmRequest {
  /**
   * Turns tokens into nodes that do not run yet; answered with {@link SwarmReply.Enrolled}.
   *
   * @param tokens texts of enrolment tokens
   */
  record Enrol(List<String> tokens) implements SwarmRequest {}

  /**
   * Starts agents that do not run; answered with {@link SwarmReply.Counts}.
   *
   * @param nodes {@code organization/name} each; empty: all
   */
  record Start(List<String> nodes) implements SwarmRequest {}

  /**
   * Ends agents; answered with {@link SwarmReply.Counts}.
   *
   * @param nodes {@code organization/name} each
   * @param logOff whether they say so, or vanish as a process that is killed does
   */
  record Stop(List<String> nodes, boolean logOff) implements SwarmRequest {}

  /** How the agents are; answered with {@link SwarmReply.Counts}. */
  record Count() implements SwarmRequest {}

  /**
   * Who has applied a revision, and when; answered with {@link SwarmReply.Spread}.
   *
   * @param vpn {@code organization/name}
   * @param revision at least
   * @param sinceMicros the beginning of the times, microseconds since the epoch
   */
  record Applied(String vpn, long revision, long sinceMicros) implements SwarmRequest {}

  /**
   * Who lost the link and came back; answered with {@link SwarmReply.Spread}.
   *
   * @param sinceMicros the beginning of the times, microseconds since the epoch; links that were
   *     lost before do not count
   */
  record Links(long sinceMicros) implements SwarmRequest {}

  /** What every agent sees now; answered with {@link SwarmReply.Seen}. */
  record Views() implements SwarmRequest {}
}
