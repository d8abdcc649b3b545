package dev.naru.runfile;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Identity of one run, the same for every pod that works on it. Operator and worker derive it from
 * the Job alone.
 *
 * @param value {@code s-<unixMinutes>}, {@code m-<hash8 of the token>} or {@code j-<uid8>-<job>}
 * @param scheduledTime when the schedule asked for it; empty for requested runs
 */
public record RunId(String value, Optional<Instant> scheduledTime) {

  private static final Pattern SCHEDULED = Pattern.compile("(.+)-(\\d{6,10})");

  /**
   * The id of the run that a Job stands for.
   *
   * @param resource name of the IngestionJob
   * @param jobName name of the Job
   * @param jobUid UID of the Job
   * @param requestToken token of the request; empty when there was none
   */
  public static RunId of(String resource, String jobName, String jobUid, String requestToken) {
    if (!requestToken.isEmpty()) {
      return new RunId("m-" + hash8(requestToken), Optional.empty());
    }
    var scheduled = SCHEDULED.matcher(jobName);
    if (scheduled.matches() && scheduled.group(1).equals(resource)) {
      var minutes = Long.parseLong(scheduled.group(2));
      return new RunId("s-" + minutes, Optional.of(Instant.ofEpochSecond(minutes * 60)));
    }
    return new RunId(
        "j-" + jobUid.substring(0, Math.min(8, jobUid.length())) + "-" + jobName, Optional.empty());
  }

  /** Ledger key of this run into a target: 32 hex digits. */
  public String key(RunFile run) {
    return Hashes.sha256Hex(
            run.warehouse().project()
                + "."
                + run.destination().dataset()
                + "."
                + run.destination().table(),
            value,
            Fingerprint.of(run).toString())
        .substring(0, 32);
  }

  /** Short hash used in names of requested Jobs. */
  public static String hash8(String text) {
    return Hashes.sha256Hex(text).substring(0, 8);
  }

  @Override
  public String toString() {
    return value;
  }
}
