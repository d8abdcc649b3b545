package dev.naru.operator.ingestion;

import dev.naru.runfile.RunResult;
import java.util.Optional;

/** Where one run stands, as its Job and pods show it. */
sealed interface RunState {

  /**
   * Still going on.
   *
   * @param note what a person may want to know meanwhile, e.g. why the pod does not start
   * @param pending whether its pod waits to start: why is told by Events, which wake nobody
   */
  record Active(Optional<String> note, boolean pending) implements RunState {}

  /** Ended, and the worker said how. */
  record Ended(RunResult result) implements RunState {}

  /**
   * Ended, and what the worker said is lost (pod gone, message empty, cut or of an unknown
   * version).
   *
   * @param complete whether the Job completed
   * @param cause reason and message of the Job's last condition
   */
  record Lost(boolean complete, String cause) implements RunState {}
}
