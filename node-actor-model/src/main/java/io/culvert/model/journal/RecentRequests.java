package io.culvert.model.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The last changes that an entity accepted, by the caller's request id: a repeated command gets the
 * reply of the first. Immutable, part of an entity's state, so it survives a recovery.
 *
 * <p>What is promised is one change at most for each id. A request that changed nothing is not
 * remembered, and decided anew when it comes again: if the entity has changed meanwhile, it may
 * then change something, and be answered with another revision. That is intended. A caller repeats
 * what it has no answer to, and to such a caller the request has happened once, at one of the two
 * times. To remember it, the entity would have to journal it: then whoever sets the same thing
 * again and again would fill the journal, and push out of this list the changes that it is for.
 *
 * @param entries oldest first, at most {@value #CAPACITY}
 */
public record RecentRequests(List<Entry> entries) {
  /** How many requests are remembered. */
  public static final int CAPACITY = 128;

  /** Nothing was asked yet. */
  public static final RecentRequests NONE = new RecentRequests(List.of());

  /** Copies the list. */
  public RecentRequests {
    entries = List.copyOf(entries);
  }

  /** The revision that the request produced, if it is remembered. */
  public OptionalLong revisionOf(String requestId) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i).requestId().equals(requestId)) {
        return OptionalLong.of(entries.get(i).revision());
      }
    }
    return OptionalLong.empty();
  }

  /** With one more request; the oldest one is forgotten when there are too many. */
  public RecentRequests with(String requestId, long revision) {
    List<Entry> all = new ArrayList<>(entries);
    all.add(new Entry(requestId, revision));
    return new RecentRequests(
        all.size() > CAPACITY ? all.subList(all.size() - CAPACITY, all.size()) : all);
  }

  /**
   * With a further event of the last request, which keeps its one entry: of a request with a
   * thousand events the revision of the last one is remembered, and no other request forgotten.
   */
  public RecentRequests continued(String requestId, long revision) {
    if (entries.isEmpty() || !entries.getLast().requestId().equals(requestId)) {
      return with(requestId, revision);
    }
    return new RecentRequests(entries.subList(0, entries.size() - 1)).with(requestId, revision);
  }

  /** Whether an event of the request, that is remembered, produced the revision. */
  public boolean produced(String requestId, long revision) {
    return entries.contains(new Entry(requestId, revision));
  }

  /** One accepted request and the revision it produced. */
  public record Entry(String requestId, long revision) {}
}
