package io.culvert.acceptance.swarm;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.acceptance.history.AgentView;
import java.util.List;
import java.util.Map;

/** What a swarm answers; one JSON object a line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SwarmReply.Enrolled.class, name = "enrolled"),
  @JsonSubTypes.Type(value = SwarmReply.Counts.class, name = "counts"),
  @JsonSubTypes.Type(value = SwarmReply.Spread.class, name = "spread"),
  @JsonSubTypes.Type(value = SwarmReply.Seen.class, name = "seen"),
  @JsonSubTypes.Type(value = SwarmReply.Failed.class, name = "failed")
})
public sealed interface SwarmReply {
  /** All tokens were spent. */
  record Enrolled(int nodes) implements SwarmReply {}

  /**
   * The agents.
   *
   * @param running those that were started and not stopped
   * @param linked of them
   * @param lastLinkedMicros when the last of them became linked, microseconds since the epoch
   * @param problems what they told people since the start, with how often; without addresses
   */
  record Counts(int running, int linked, long lastLinkedMicros, Map<String, Integer> problems)
      implements SwarmReply {}

  /**
   * Times of some agents, milliseconds.
   *
   * @param done how many have a time
   * @param missing how many should have one and do not yet
   * @param p50 the middle; 0 if there is none
   * @param p99 all but one in a hundred are not later
   * @param max the latest
   */
  record Spread(int done, int missing, double p50, double p99, double max) implements SwarmReply {
    /** Of some times, in any order. */
    static Spread of(List<Double> millis, int missing) {
      List<Double> sorted = millis.stream().sorted().toList();
      return new Spread(
          sorted.size(), missing, at(sorted, 0.50), at(sorted, 0.99), at(sorted, 1.0));
    }

    private static double at(List<Double> sorted, double share) {
      return sorted.isEmpty()
          ? 0
          : sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }
  }

  /** What the agents see, in no order. */
  record Seen(List<AgentView> views) implements SwarmReply {}

  /** The request was not done. */
  record Failed(String reason) implements SwarmReply {}
}
