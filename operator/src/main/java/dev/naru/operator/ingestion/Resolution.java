package dev.naru.operator.ingestion;

import dev.naru.operator.pod.SourceFiles;
import dev.naru.operator.status.Outcome;
import dev.naru.runfile.RunFile;

/** What an IngestionJob means together with what it refers to. */
public sealed interface Resolution {

  /**
   * All references resolve and every field can work.
   *
   * @param runFile what the worker is told
   * @param files what is mounted besides
   */
  record Resolved(RunFile runFile, SourceFiles files) implements Resolution {}

  /** Not now: a reference leads nowhere, or a person must mend a field. */
  record Unresolved(Outcome outcome) implements Resolution {}
}
