package dev.naru.operator.template;

/** Where a value comes from. */
public sealed interface Origin {

  /** The resource itself. */
  record Own() implements Origin {}

  /** A WorkloadTemplate of the resource's namespace. */
  record Template(String name) implements Origin {}

  /** The chart's value {@code workloadTemplate}. */
  record ClusterDefault() implements Origin {}

  /** Naru's own default. */
  record BuiltIn() implements Origin {}

  /** A policy's bound, which is the limit where none is declared. */
  record Bound(Origin of) implements Origin {}

  /** For people. */
  default String words() {
    return switch (this) {
      case Own _ -> "spec";
      case Template template -> "template " + template.name();
      case ClusterDefault _ -> "cluster default";
      case BuiltIn _ -> "Naru's default";
      case Bound bound -> "the most that " + bound.of().words() + " allows";
    };
  }
}
