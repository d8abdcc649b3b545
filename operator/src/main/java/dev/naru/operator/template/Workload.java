package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.operator.status.Outcome;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What pod and runs of a resource are, after all templates. */
public sealed interface Workload {

  /**
   * Everything is decided.
   *
   * @param pod complete: nothing is to be defaulted any more
   * @param retries how often a pod is tried again
   * @param timeout of the templates, for a resource that declares none
   * @param historyLimit ended Jobs that are kept, of each result
   * @param shown by path what the resource does not say itself, for its {@code status.effective}
   */
  record Effective(
      PodSettings pod,
      int retries,
      Optional<Traced<String>> timeout,
      int historyLimit,
      SortedMap<String, String> shown)
      implements Workload {

    public Effective {
      shown = Collections.unmodifiableSortedMap(new TreeMap<>(shown));
    }
  }

  /** Not now: a template is missing, or a person must mend one or the resource. */
  record Unresolved(Outcome outcome) implements Workload {}
}
