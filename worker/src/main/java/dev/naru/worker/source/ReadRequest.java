package dev.naru.worker.source;

import dev.naru.runfile.RunFile;
import java.util.Optional;

/**
 * What this run has to read.
 *
 * @param mode {@code FULL} also for the first run of an incremental job
 * @param previousBound bound of the last published run ({@link ReadPlan#bound}); required for
 *     {@code INCREMENTAL}
 * @param earlier plan of a dead attempt of this run; it is continued where that is sound, and its
 *     chunks then keep their ids
 */
public record ReadRequest(
    RunFile.Mode mode, Optional<String> previousBound, Optional<ReadPlan> earlier) {

  /** Everything, from scratch. */
  public static ReadRequest full() {
    return new ReadRequest(RunFile.Mode.FULL, Optional.empty(), Optional.empty());
  }

  /** What changed since a bound, from scratch. */
  public static ReadRequest since(String previousBound) {
    return new ReadRequest(RunFile.Mode.INCREMENTAL, Optional.of(previousBound), Optional.empty());
  }

  /** This request after an attempt that died. */
  public ReadRequest continuing(ReadPlan plan) {
    return new ReadRequest(mode, previousBound, Optional.of(plan));
  }
}
