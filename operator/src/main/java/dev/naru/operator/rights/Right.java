package dev.naru.operator.rights;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One right the operator needs on the API server, declared by the class that uses it in a field
 * called {@code RIGHTS}.
 *
 * @param purpose the role it belongs to
 * @param group API group; empty for the core group
 * @param resource plural name, with the subresource where it applies
 * @param verbs what is done to it
 * @param why what it is needed for, printed into the chart's role and its README
 */
public record Right(Purpose purpose, String group, String resource, Set<Verb> verbs, String why) {

  public Right {
    if (verbs.isEmpty() || why.isBlank()) {
      throw new IllegalArgumentException("a right on " + resource + " needs verbs and a reason");
    }
    verbs = Collections.unmodifiableSet(EnumSet.copyOf(verbs));
  }

  /** A right on a resource of an API group; the core group has an empty name. */
  public static Right on(
      String group, String resource, Purpose purpose, String why, Verb... verbs) {
    return new Right(purpose, group, resource, Set.copyOf(List.of(verbs)), why);
  }
}
