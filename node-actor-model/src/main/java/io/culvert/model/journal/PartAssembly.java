package io.culvert.model.journal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts a map together that came in parts. A part that does not follow the last one is thrown away
 * with all before it: the receiver asks again. Owned by the receiving actor.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class PartAssembly<K, V> {
  private final Map<K, V> collected = new HashMap<>();
  private long version;
  private int count;
  private int next;

  /** Nothing has come yet. */
  public PartAssembly() {}

  /**
   * Adds a part.
   *
   * @param version of the whole; parts of the same version and count are of equal maps
   * @return the whole map, if this is its last part; otherwise null
   */
  public @Nullable Map<K, V> add(long version, Part part, Map<K, V> entries) {
    if (part.index() == 0) {
      collected.clear();
      this.version = version;
      count = part.count();
      next = 0;
    }
    if (version != this.version || part.count() != count || part.index() != next) {
      collected.clear();
      count = 0;
      return null;
    }
    collected.putAll(entries);
    next++;
    if (next < count) {
      return null;
    }
    Map<K, V> whole = Map.copyOf(collected);
    collected.clear();
    count = 0;
    return whole;
  }
}
