package io.culvert.acceptance.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Proves from a history what must always hold. Pure. */
public final class Checker {
  private static final Map<String, Rule> RULES = rules();

  private Checker() {}

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    rules.put("every acknowledged change is in the final state", new NothingAcknowledgedIsLost());
    rules.put("no virtual address is owned twice", new AddressesOwnedOnce());
    rules.put("an agent's views only go forward", new ViewsGoForward());
    rules.put("at the end every agent sees what the entity holds", new ViewsEqualEntity());
    rules.put("no node is online on two servers", new OnlineOnce());
    rules.put("nobody is called offline within the grace period", new GraceKept());
    return rules;
  }

  /**
   * A rule that does not hold.
   *
   * @param rule as a sentence
   * @param evidence for people
   */
  public record Violation(String rule, String evidence) {}

  /** The sentences of all rules. */
  public static List<String> ruleNames() {
    return List.copyOf(RULES.keySet());
  }

  /** All violations; empty if everything holds. */
  public static List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    RULES.forEach(
        (name, rule) ->
            rule.violations(history).forEach(each -> found.add(new Violation(name, each))));
    return found;
  }
}
