package io.culvert.model.collection;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.collection.immutable.HashMap;
import scala.collection.immutable.HashMap$;

/**
 * An immutable map whose next version shares all but a few nodes of a tree with it: a state of
 * 10,000 members is not copied for each event. In no order; without nulls.
 *
 * <p>Scala's hash trie behind the interface of Java, because Pekko brings it. Editing through that
 * interface is not supported; {@link #with} and {@link #without} return the next version.
 */
public final class PersistentMap<K, V> extends AbstractMap<K, V> {
  private final HashMap<K, V> entries;

  private PersistentMap(HashMap<K, V> entries) {
    this.entries = entries;
  }

  /** The map of these entries; the same object if it is one already. */
  public static <K, V> PersistentMap<K, V> copyOf(Map<K, V> map) {
    if (map instanceof PersistentMap<K, V> persistent) {
      return persistent;
    }
    PersistentMap<K, V> copy = new PersistentMap<>(HashMap$.MODULE$.empty());
    for (Map.Entry<K, V> entry : map.entrySet()) {
      copy = copy.with(entry.getKey(), entry.getValue());
    }
    return copy;
  }

  /** With this value under the key, whatever there was. */
  public PersistentMap<K, V> with(K key, V value) {
    return new PersistentMap<>(
        entries.updated(Objects.requireNonNull(key), Objects.requireNonNull(value)));
  }

  /** Without the key; the same object if it is not there. */
  public PersistentMap<K, V> without(K key) {
    return entries.contains(key) ? new PersistentMap<>(entries.removed(key)) : this;
  }

  @Override
  @SuppressWarnings("unchecked") // a key of another type equals none
  public @Nullable V get(@Nullable Object key) {
    return key == null ? null : entries.get((K) key).getOrElse(() -> null);
  }

  @Override
  @SuppressWarnings("unchecked") // a key of another type equals none
  public boolean containsKey(@Nullable Object key) {
    return key != null && entries.contains((K) key);
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return new Entries<>(entries.iterator());
      }

      @Override
      public int size() {
        return entries.size();
      }
    };
  }

  private record Entries<K, V>(scala.collection.Iterator<Tuple2<K, V>> underlying)
      implements Iterator<Map.Entry<K, V>> {
    @Override
    public boolean hasNext() {
      return underlying.hasNext();
    }

    @Override
    public Map.Entry<K, V> next() {
      Tuple2<K, V> entry = underlying.next();
      return Map.entry(entry._1(), entry._2());
    }
  }
}
