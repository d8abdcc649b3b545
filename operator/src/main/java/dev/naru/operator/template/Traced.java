package dev.naru.operator.template;

/**
 * A value, and where it comes from.
 *
 * @param <T> what it is
 */
public record Traced<T>(T value, Origin origin) {

  /** The value with its origin in brackets, unless that is Naru's own default. */
  public String withOrigin() {
    return switch (origin) {
      case Origin.BuiltIn _ -> value.toString();
      case Origin.Own _, Origin.Template _, Origin.ClusterDefault _, Origin.Bound _ ->
          "%s (%s)".formatted(value, origin.words());
    };
  }

  /** The value as messages show it: with its origin, unless that is the resource itself. */
  String shown() {
    return switch (origin) {
      case Origin.Own _ -> value.toString();
      case Origin.Template _, Origin.ClusterDefault _, Origin.BuiltIn _, Origin.Bound _ ->
          "%s (%s)".formatted(value, origin.words());
    };
  }
}
