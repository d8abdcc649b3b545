package dev.naru.operator.ingestion;

import dev.naru.operator.pod.SourceFiles;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.template.Workload;
import dev.naru.runfile.RunFile;

/** What an IngestionJob means together with what it refers to. */
public sealed interface Resolution {

  /**
   * All references resolve and every field can work.
   *
   * @param runFile what the worker is told
   * @param files what is mounted besides
   * @param workload what pod and runs are after all templates
   */
  record Resolved(RunFile runFile, SourceFiles files, Workload.Effective workload)
      implements Resolution {}

  /** Not now: a reference leads nowhere, or a person must mend a field. */
  record Unresolved(Outcome outcome) implements Resolution {}
}
