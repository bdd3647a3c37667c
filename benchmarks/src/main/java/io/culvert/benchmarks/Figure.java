package io.culvert.benchmarks;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * One number, and what it should be.
 *
 * @param name stable: later runs are compared by it
 * @param value as measured
 * @param unit for a person
 * @param target the value to reach; null for a number that nothing is asked of
 * @param better whether a greater or a smaller value is better
 */
@JsonPropertyOrder({"name", "value", "unit", "target", "met"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Figure(
    String name, double value, String unit, @Nullable Double target, @JsonIgnore Better better) {
  /** Which way is up. */
  public enum Better {
    /** The target is a floor. */
    HIGHER,
    /** The target is a ceiling. */
    LOWER
  }

  /** One with a target. */
  public Figure(String name, double value, String unit, double target, Better better) {
    this(name, value, unit, Double.valueOf(target), better);
  }

  /** One that nothing is asked of. */
  public static Figure plain(String name, double value, String unit, Better better) {
    return new Figure(name, value, unit, null, better);
  }

  /** Whether the target is reached; null if there is none. */
  @JsonProperty
  public @Nullable Boolean met() {
    if (target == null) {
      return null;
    }
    return better == Better.HIGHER ? value >= target : value <= target;
  }

  /** For a table: {@code target >= 0.5 NOT met}; empty without a target. */
  String verdict() {
    if (target == null) {
      return "";
    }
    return "target %s %s   %s"
        .formatted(
            better == Better.HIGHER ? ">=" : "<=",
            target,
            Boolean.TRUE.equals(met()) ? "met" : "NOT met");
  }
}
