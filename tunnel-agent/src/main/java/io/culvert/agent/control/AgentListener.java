package io.culvert.agent.control;

import io.culvert.agent.view.VpnReplica;
import java.util.List;

/** Told what happens, on the control thread; must not block. */
public interface AgentListener {
  /** The agent is in another state now. */
  void onState(AgentState state);

  /** All views of the first synchronization are applied. */
  void onSynchronized();

  /** Something that a person should know, as a sentence. */
  void onProblem(String message);

  /** What is worth remembering has changed; told at most every few seconds, and at the end. */
  default void onViews(List<VpnReplica> replicas) {}
}
