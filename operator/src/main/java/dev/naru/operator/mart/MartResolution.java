package dev.naru.operator.mart;

import dev.naru.operator.status.Outcome;

/** What a DataMart means together with what it refers to. */
sealed interface MartResolution {

  /** All references resolve and every field can work. */
  record Resolved(ResolvedMart mart) implements MartResolution {}

  /** Not now: a reference leads nowhere, or a person must mend a field. */
  record Unresolved(Outcome outcome) implements MartResolution {}
}
