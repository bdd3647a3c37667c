package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.LabException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a phase has seen: lines for a person, figures for a program. One phase fills one. */
public final class Findings {
  private final Consumer<String> listener;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Double> figures = new LinkedHashMap<>();

  /** Hands each line to {@code listener} as it comes. */
  public Findings(Consumer<String> listener) {
    this.listener = listener;
  }

  /** A line for a person. */
  public void note(String line) {
    notes.add(line);
    listener.accept(line);
  }

  /**
   * A number for a program.
   *
   * @param name with its unit at the end, for example {@code linked_ms}
   */
  public void figure(String name, double value) {
    figures.put(name, value);
  }

  /**
   * Something that must hold.
   *
   * @throws LabException with the sentence, if it does not
   */
  public void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new LabException(otherwise);
    }
  }

  /** The lines so far. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** The numbers so far, in the order they came. */
  public Map<String, Double> figures() {
    return new LinkedHashMap<>(figures);
  }
}
