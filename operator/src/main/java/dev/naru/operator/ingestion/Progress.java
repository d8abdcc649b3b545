package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.LookAgain;
import dev.naru.operator.status.Notice;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one reconcile has found out and done so far: conditions, answered requests, things to tell,
 * and when to look again. It becomes status at the end.
 */
final class Progress {

  final IngestionJob job;
  final Conditions conditions;
  final List<Notice> notices = new ArrayList<>();
  final LookAgain lookAgain = new LookAgain();
  final List<RunMetrics.Ended> ended = new ArrayList<>();
  RunHistory history;
  Optional<String> runFileName;
  Optional<RunRequest> answered = Optional.empty();
  Optional<String> answeredCancel = Optional.empty();

  Progress(IngestionJob job, Clock clock) {
    this.job = job;
    var status = Optional.ofNullable(job.getStatus());
    this.conditions =
        new Conditions(
            IngestionStatus.conditions(status), job.getMetadata().getGeneration(), clock);
    this.history = RunHistory.of(status);
    this.runFileName = status.map(IngestionJobStatus::runFile);
  }
}
