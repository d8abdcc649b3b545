package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.operator.status.Outcome;
import java.util.SortedMap;

/** What a ModelService means together with the templates that count for it. */
sealed interface ServingResolution {

  /**
   * Every field can work.
   *
   * @param pod complete: nothing is to be defaulted any more
   * @param ownAccount whether the pods' identity is made for them
   * @param effective by path what the resource does not say itself
   */
  record Resolved(PodSettings pod, boolean ownAccount, SortedMap<String, String> effective)
      implements ServingResolution {}

  /** Not now: a reference leads nowhere, or a person must mend a field. */
  record Unresolved(Outcome outcome) implements ServingResolution {}
}
