package dev.naru.worker.run;

import dev.naru.bigquery.TableId;
import dev.naru.runfile.Fingerprint;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunId;
import java.time.Instant;
import java.util.Map;

/**
 * Who we are: the same for every pod of a run, but for {@code pod} and {@code startTime}.
 *
 * @param key ledger key
 * @param isFullRefresh whether a person asked for everything to be read again
 */
public record RunIdentity(
    RunId id,
    String key,
    TableId target,
    Fingerprint fingerprint,
    boolean isFullRefresh,
    String pod,
    Instant startTime) {

  /** The identity that a pod's environment gives it. */
  public static RunIdentity of(RunFile run, Map<String, String> environment, Instant now) {
    var id =
        RunId.of(
            run.job().name(),
            environment.getOrDefault(Mounts.ENV_JOB_NAME, ""),
            environment.getOrDefault(Mounts.ENV_JOB_UID, ""),
            environment.getOrDefault(Mounts.ENV_REQUEST_TOKEN, ""));
    return new RunIdentity(
        id,
        id.key(run),
        new TableId(
            run.warehouse().project(), run.destination().dataset(), run.destination().table()),
        Fingerprint.of(run),
        "FullRefresh".equals(environment.get(Mounts.ENV_REQUEST)),
        environment.getOrDefault(Mounts.ENV_POD_NAME, "local-" + ProcessHandle.current().pid()),
        now);
  }
}
