package io.culvert.model.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * Which part of a message this is, if the whole would not fit into one frame between servers (256
 * KiB; a larger one is dropped, with an error in the log and no word to its sender). All parts are
 * sent at once, in order. Immutable.
 *
 * @param index from 0
 * @param count at least 1
 */
public record Part(int index, int count) {
  /** About the bytes of a part: far below a frame, because sizes are estimates. */
  public static final int BYTES = 96 * 1024;

  /** A message that is not divided. */
  public static final Part WHOLE = new Part(0, 1);

  /**
   * Divides a map. Equal maps are divided equally, at every server.
   *
   * @param bytes the size of a value and its key, estimated from above
   * @return at least one map; each has about {@link #BYTES} bytes or a single entry
   */
  public static <K extends Comparable<? super K>, V> List<Map<K, V>> divide(
      Map<K, V> whole, ToIntFunction<V> bytes) {
    List<Map<K, V>> parts = new ArrayList<>();
    Map<K, V> part = new TreeMap<>();
    int size = 0;
    for (Map.Entry<K, V> entry : new TreeMap<>(whole).entrySet()) {
      int next = bytes.applyAsInt(entry.getValue());
      if (!part.isEmpty() && size + next > BYTES) {
        parts.add(part);
        part = new TreeMap<>();
        size = 0;
      }
      part.put(entry.getKey(), entry.getValue());
      size += next;
    }
    parts.add(part);
    return parts;
  }
}
