package io.culvert.model.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Beside a map that is copied. */
@NullUnmarked
class PersistentMapPropertyTest {
  /** Keys of few hash codes, so that the trie has collisions. */
  private record Key(int value) {
    @Override
    public int hashCode() {
      return value % 7;
    }
  }

  @Property
  void everyVersionStaysWhatItWas(
      @ForAll @Size(max = 60) List<@IntRange(min = -20, max = 20) Integer> edits) {
    Map<Key, Integer> plain = new HashMap<>();
    PersistentMap<Key, Integer> persistent = PersistentMap.copyOf(Map.of());
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < edits.size(); i++) {
      Key key = new Key(Math.abs(edits.get(i)));
      if (edits.get(i) < 0) {
        plain.remove(key);
        persistent = persistent.without(key);
      } else {
        plain.put(key, i);
        persistent = persistent.with(key, i);
      }
      versions.add(new Version(persistent, Map.copyOf(plain)));
    }
    versions.forEach(Version::check);
  }

  private record Version(PersistentMap<Key, Integer> actual, Map<Key, Integer> expected) {
    void check() {
      assertThat(actual).isEqualTo(expected).hasSize(expected.size());
      assertThat(actual.hashCode()).isEqualTo(expected.hashCode());
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      for (int value = 0; value <= 20; value++) {
        Key key = new Key(value);
        assertThat(actual.get(key)).isEqualTo(expected.get(key));
        assertThat(actual.containsKey(key)).isEqualTo(expected.containsKey(key));
      }
    }
  }

  @Test
  void isNotEditedThroughJavasInterface() {
    PersistentMap<String, Integer> map = PersistentMap.copyOf(Map.of("a", 1));

    assertThatThrownBy(() -> map.put("b", 2)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.entrySet().iterator().next().setValue(3))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(PersistentMap.copyOf(map)).isSameAs(map);
    assertThat(map.without("b")).isSameAs(map);
  }
}
