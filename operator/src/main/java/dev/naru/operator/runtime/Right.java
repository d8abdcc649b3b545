package dev.naru.operator.runtime;

import java.util.List;

/**
 * One right the operator needs on the API server.
 *
 * @param scope where it is needed
 * @param group API group; empty for the core group
 * @param resources plural names, with their subresource where it applies
 * @param verbs what is done to them
 * @param why what breaks without it, printed as a comment into the chart's role
 */
public record Right(
    Scope scope, String group, List<String> resources, List<String> verbs, String why) {

  /** Where a right is needed. */
  public enum Scope {
    /** Every watched namespace: a Role in each, or one ClusterRole when all are watched. */
    WATCHED_NAMESPACES,
    /** Only the operator's own namespace. */
    OWN_NAMESPACE
  }

  public Right {
    resources = List.copyOf(resources);
    verbs = List.copyOf(verbs);
  }
}
