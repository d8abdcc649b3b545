package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.operator.kube.Requests;
import java.util.Optional;

/**
 * A run that someone asked for.
 *
 * @param kind whether everything is loaded again
 * @param token the annotation's value
 */
record RunRequest(Kind kind, String token) {

  /** What is asked for; the names are those the worker reads. */
  enum Kind {
    Run,
    FullRefresh
  }

  /** The next request to act on; a full refresh goes first, for it also covers a plain run. */
  static Optional<RunRequest> next(IngestionJob job) {
    var status = Optional.ofNullable(job.getStatus());
    return Requests.open(
            job,
            Annotations.FULL_REFRESH_REQUESTED_AT,
            status.map(it -> it.lastHandledFullRefreshRequest()).orElse(null))
        .map(token -> new RunRequest(Kind.FullRefresh, token))
        .or(
            () ->
                Requests.open(
                        job,
                        Annotations.RUN_REQUESTED_AT,
                        status.map(it -> it.lastHandledRunRequest()).orElse(null))
                    .map(token -> new RunRequest(Kind.Run, token)));
  }
}
