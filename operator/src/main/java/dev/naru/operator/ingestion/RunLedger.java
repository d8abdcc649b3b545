package dev.naru.operator.ingestion;

import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunId;
import dev.naru.runfile.RunResult;

/** What BigQuery remembers of a run; asked once when a pod's message is lost. */
@FunctionalInterface
public interface RunLedger {

  /** Looks a run up. Never throws: what went wrong is an answer. */
  Entry find(RunFile runFile, RunId id);

  /** What was found. */
  sealed interface Entry {

    /** How the run ended. */
    record Found(RunResult result) implements Entry {}

    /** Nothing usable; {@code why} completes the sentence "…, and". */
    record Unknown(String why) implements Entry {}
  }
}
