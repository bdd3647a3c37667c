package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SingleWriterCounter;
import java.util.EnumMap;
import java.util.Map;

/** One counter for each {@link DropReason}; each reason belongs to one of the two workers. */
final class DropCounters {
  private final Map<DropReason, SingleWriterCounter> counters = new EnumMap<>(DropReason.class);

  DropCounters() {
    for (DropReason reason : DropReason.values()) {
      counters.put(reason, new SingleWriterCounter());
    }
  }

  void count(DropReason reason) {
    count(reason, 1);
  }

  void count(DropReason reason, int packets) {
    SingleWriterCounter counter = counters.get(reason);
    if (counter != null) {
      counter.add(packets);
    }
  }

  Map<DropReason, Long> read() {
    Map<DropReason, Long> values = new EnumMap<>(DropReason.class);
    counters.forEach((reason, counter) -> values.put(reason, counter.get()));
    return values;
  }
}
