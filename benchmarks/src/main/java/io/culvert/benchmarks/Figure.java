package io.culvert.benchmarks;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One number, and what it should be.
 *
 * @param name stable: later runs are compared by it
 * @param value as measured
 * @param unit for a person
 * @param target the value to reach
 * @param better whether a greater or a smaller value is better
 */
@JsonPropertyOrder({"name", "value", "unit", "target", "met"})
public record Figure(
    String name, double value, String unit, double target, @JsonIgnore Better better) {
  /** Which way is up. */
  public enum Better {
    /** The target is a floor. */
    HIGHER,
    /** The target is a ceiling. */
    LOWER
  }

  /** Whether the target is reached. */
  @JsonProperty
  public boolean met() {
    return better == Better.HIGHER ? value >= target : value <= target;
  }
}
