package io.culvert.model.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartAssemblyTest {
  private static final int VALUE_BYTES = 1_000;

  private final PartAssembly<Integer, String> assembly = new PartAssembly<>();

  @Test
  void dividesBelowTheBoundAndPutsTogetherAgain() {
    List<Map<Integer, String>> parts = divided(1_000);

    assertThat(parts).hasSizeGreaterThan(10);
    assertThat(parts)
        .allSatisfy(part -> assertThat(part.size() * VALUE_BYTES).isBetween(1, Part.BYTES));
    assertThat(add(7, parts)).isEqualTo(numbers(1_000));
  }

  @Test
  void anEmptyMapIsOnePart() {
    assertThat(divided(0)).isEqualTo(List.of(Map.of()));
    assertThat(assembly.add(1, Part.WHOLE, Map.of())).isEmpty();
  }

  @Test
  void anEntryThatIsLargerThanAPartIsAPartOfItsOwn() {
    assertThat(Part.divide(numbers(3), value -> 2 * Part.BYTES)).hasSize(3);
  }

  @Test
  void dividesEqualMapsEqually() {
    Map<Integer, String> backwards = new LinkedHashMap<>();
    for (int i = 999; i >= 0; i--) {
      backwards.put(i, "v" + i);
    }

    assertThat(Part.divide(backwards, value -> VALUE_BYTES)).isEqualTo(divided(1_000));
  }

  @Test
  void whateverPartIsLostTheMapIsNotCompleteAndTheNextListIs() {
    List<Map<Integer, String>> parts = divided(1_000);
    for (int lost = 0; lost < parts.size(); lost++) {
      for (int i = 0; i < parts.size(); i++) {
        if (i != lost) {
          assertThat(assembly.add(7, new Part(i, parts.size()), parts.get(i))).isNull();
        }
      }
      assertThat(add(7, parts)).as("after the loss of part %d", lost).isEqualTo(numbers(1_000));
    }
  }

  @Test
  void doesNotMixTwoVersions() {
    List<Map<Integer, String>> parts = divided(200);
    int last = parts.size() - 1;
    for (int i = 0; i < last; i++) {
      assembly.add(7, new Part(i, parts.size()), parts.get(i));
    }

    assertThat(assembly.add(8, new Part(last, parts.size()), parts.get(last))).isNull();
    assertThat(assembly.add(7, new Part(last, parts.size()), parts.get(last))).isNull();
  }

  private @Nullable Map<Integer, String> add(long version, List<Map<Integer, String>> parts) {
    List<@Nullable Map<Integer, String>> results = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      results.add(assembly.add(version, new Part(i, parts.size()), parts.get(i)));
    }
    assertThat(results.subList(0, parts.size() - 1)).containsOnlyNulls();
    return results.getLast();
  }

  private static List<Map<Integer, String>> divided(int size) {
    return Part.divide(numbers(size), value -> VALUE_BYTES);
  }

  private static Map<Integer, String> numbers(int size) {
    Map<Integer, String> numbers = new HashMap<>();
    for (int i = 0; i < size; i++) {
      numbers.put(i, "v" + i);
    }
    return numbers;
  }
}
