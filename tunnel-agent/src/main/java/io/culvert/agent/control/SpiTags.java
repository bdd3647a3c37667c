package io.culvert.agent.control;

import java.util.HashMap;
import java.util.Map;

/**
 * The receiver tags of this node: one for each VPN, 1 to 127, the high bits of the SPIs that the
 * node accepts there. A tag is kept for the life of the process. Owned by the control thread.
 */
final class SpiTags {
  private static final int MAX_TAG = 127;

  private final Map<String, Integer> tags = new HashMap<>();

  /** Makes sure that a VPN has a tag, if one is left. */
  void choose(String vpnId) {
    if (!tags.containsKey(vpnId) && tags.size() < MAX_TAG) {
      tags.put(vpnId, tags.size() + 1);
    }
  }

  /** The tag of a VPN, 0 if it has none. */
  int of(String vpnId) {
    return tags.getOrDefault(vpnId, 0);
  }

  Map<String, Integer> all() {
    return Map.copyOf(tags);
  }
}
