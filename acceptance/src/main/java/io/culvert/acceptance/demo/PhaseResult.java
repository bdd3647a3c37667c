package io.culvert.acceptance.demo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a phase ended.
 *
 * @param title of the phase
 * @param held whether everything it required held
 * @param millis how long it took
 * @param notes what it saw, for a person
 * @param figures what it measured, by name
 * @param failure the sentence that says what did not hold, null if all did
 */
public record PhaseResult(
    String title,
    boolean held,
    long millis,
    List<String> notes,
    Map<String, Double> figures,
    @Nullable String failure) {}
