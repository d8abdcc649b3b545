package dev.naru.operator.rights;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Rights put together: one rule for each resource of a purpose, with the verbs and reasons of
 * everybody who declared it. The chart's roles are generated from it.
 */
public final class Rights {

  private final List<Rule> rules;

  /**
   * One rule of a role.
   *
   * @param reasons why, in the order in which they were declared
   */
  public record Rule(
      Purpose purpose, String group, String resource, Set<Verb> verbs, List<String> reasons) {

    private static Rule of(Collection<Right> declared) {
      var first = declared.iterator().next();
      var verbs = EnumSet.noneOf(Verb.class);
      declared.forEach(right -> verbs.addAll(right.verbs()));
      return new Rule(
          first.purpose(),
          first.group(),
          first.resource(),
          Collections.unmodifiableSet(verbs),
          declared.stream().map(Right::why).distinct().toList());
    }

    private String verbList() {
      // as kubectl prints them
      return String.join(
          ", ", new TreeSet<>(verbs.stream().map(Verb::toString).collect(Collectors.toSet())));
    }
  }

  private Rights(List<Rule> rules) {
    this.rules = rules;
  }

  /** Puts declarations together. */
  public static Rights of(List<List<Right>> declarations) {
    var byResource =
        declarations.stream()
            .flatMap(List::stream)
            .collect(
                Collectors.groupingBy(
                    right -> List.of(right.purpose().name(), right.group(), right.resource())));
    return new Rights(
        byResource.values().stream()
            .map(Rule::of)
            .sorted(
                Comparator.comparing(Rule::purpose)
                    .thenComparing(Rule::group, Comparator.reverseOrder())
                    .thenComparing(Rule::resource))
            .toList());
  }

  /** All rules, in the order of the generated files. */
  public List<Rule> rules() {
    return rules;
  }

  /** The rules as YAML: for each scope an object that holds the rules of each purpose. */
  public String yaml() {
    var text = new StringBuilder("# generated from the RIGHTS of the operator's classes by ");
    text.append("RightsTest with -Dnaru.golden=write; do not edit\n");
    for (var scope : Purpose.Scope.values()) {
      text.append(scope).append(":\n");
      for (var purpose : Purpose.values()) {
        if (purpose.scope() == scope) {
          text.append("  ").append(purpose).append(":\n");
          rules.stream().filter(it -> it.purpose() == purpose).forEach(it -> yaml(it, text));
        }
      }
    }
    return text.toString();
  }

  private static void yaml(Rule rule, StringBuilder text) {
    rule.reasons().forEach(why -> text.append("    # ").append(why).append('\n'));
    text.append("    - apiGroups: [\"").append(rule.group()).append("\"]\n");
    text.append("      resources: [").append(rule.resource()).append("]\n");
    text.append("      verbs: [").append(rule.verbList()).append("]\n");
  }

  /** The rules as a table in Markdown. */
  public String table() {
    var text = new StringBuilder("| role | resource | verbs | why |\n|---|---|---|---|\n");
    for (var rule : rules) {
      text.append(
          "| `%s` | `%s` | %s | %s |%n"
              .formatted(
                  rule.purpose(),
                  rule.group().isEmpty() ? rule.resource() : rule.resource() + "." + rule.group(),
                  rule.verbList(),
                  String.join("; ", rule.reasons())));
    }
    return text.toString();
  }
}
