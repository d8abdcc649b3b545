package dev.naru.operator.rights;

import java.util.Locale;

/** What a right is for. Each purpose becomes a role of its own. */
public enum Purpose {
  RESOURCES(Scope.WATCHED, "reads Naru's own kinds and writes their status, never their spec"),
  CHILDREN(Scope.WATCHED, "keeps the objects that Naru's kinds become"),
  OBSERVE(Scope.WATCHED, "sees how runs end and why a pod does not start"),
  LEASE(Scope.OWN, "decides which replica works"),
  NAMESPACES(Scope.CLUSTER, "follows namespaces by label; only with watch.namespaceSelector");

  /** Where a purpose's rights hold. */
  public enum Scope {
    /** In every watched namespace: a Role in each listed one, else one ClusterRole. */
    WATCHED,
    /** In the operator's own namespace. */
    OWN,
    /** In the whole cluster. */
    CLUSTER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Scope scope;
  private final String summary;

  Purpose(Scope scope, String summary) {
    this.scope = scope;
    this.summary = summary;
  }

  public Scope scope() {
    return scope;
  }

  /** What a platform engineer reads about the role. */
  public String summary() {
    return summary;
  }

  /** The last part of the role's name. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
