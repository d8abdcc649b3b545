package dev.naru.bigquery;

import dev.naru.runfile.Hashes;

/**
 * One step of a run whose job must take effect at most once. Whoever works on the run derives the
 * same ids, so a dead attempt's job is found and adopted instead of being sent again.
 *
 * @param runKey ledger key of the run
 * @param step what the job does; includes whatever changes its meaning
 */
public record JobStep(String runKey, String step) {

  /** What the ids of all attempts at this step begin with. */
  public String id() {
    return "naru_" + Hashes.sha256Hex(runKey, step).substring(0, 24);
  }

  /** Id of an attempt at this step, from 0. */
  public String jobId(int attempt) {
    return jobId(id(), attempt);
  }

  static String jobId(String id, int attempt) {
    return id + "_a" + attempt;
  }

  /** For logs and messages. */
  @Override
  public String toString() {
    return step;
  }
}
