package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.pod.Jobs;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.runfile.Documents;
import dev.naru.runfile.RunFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Records ended runs: from the pod's message, or once from the ledger when that is lost. */
final class RunRecorder {

  private final RunLedger ledger;

  RunRecorder(RunLedger ledger) {
    this.ledger = ledger;
  }

  /** Adds every ended run that status does not know yet, oldest first. */
  void record(Progress progress, List<ObservedRun> runs, IngestionSources sources) {
    runs.stream()
        .filter(run -> !run.active() && !progress.history.knows(run))
        .sorted(Comparator.comparing(run -> Jobs.endTime(run.job())))
        .forEach(
            run ->
                ended(progress.job, run, sources)
                    .ifPresent(it -> add(progress, it, run.requested())));
  }

  private Optional<RunRecord> ended(IngestionJob job, ObservedRun run, IngestionSources sources) {
    return switch (run.state()) {
      case RunState.Active _ -> Optional.empty();
      case RunState.Ended ended -> Optional.of(RunRecord.of(run, ended.result()));
      case RunState.Lost lost ->
          ask(job, run, sources)
              .map(
                  entry ->
                      switch (entry) {
                        case RunLedger.Entry.Found found -> RunRecord.of(run, found.result());
                        case RunLedger.Entry.Unknown unknown ->
                            RunRecord.lost(run, lost, unknown.why());
                      });
    };
  }

  /** One question per run; the answer wakes the reconciler, and what is recorded is never asked. */
  private Optional<RunLedger.Entry> ask(
      IngestionJob job, ObservedRun run, IngestionSources sources) {
    var runFile =
        IngestionRealiser.runFile(job, run.job())
            .flatMap(
                name ->
                    sources
                        .configMaps()
                        .get(new ResourceID(name, job.getMetadata().getNamespace())))
            .map(RunRecorder::read);
    if (runFile.isEmpty()) {
      return Optional.of(
          new RunLedger.Entry.Unknown("without its run file the ledger cannot be searched"));
    }
    return sources
        .ledger()
        .ask(
            ResourceID.fromResource(job),
            run.job().getMetadata().getUid(),
            () -> ledger.find(runFile.get(), run.id()),
            _ -> true)
        .map(it -> it.value());
  }

  private static RunFile read(ConfigMap configMap) {
    return Documents.read(configMap.getData().get(IngestionManifests.RUN_FILE_KEY), RunFile.class);
  }

  private static void add(Progress progress, RunRecord record, boolean requested) {
    progress.ended.add(new RunMetrics.Ended(record, requested));
    progress.history = progress.history.with(record);
    if (progress.history.newest().filter(record.run()::equals).isPresent()) {
      IngestionStatus.health(progress.conditions, record);
    }
    var text = "Run %s: %s".formatted(record.run().id(), record.run().message());
    progress.notices.add(
        record.run().result() == RunOutcome.FAILED
            ? Notice.warning(EventReason.RUN_FAILED, text, record.run().id())
            : Notice.normal(
                record.run().result() == RunOutcome.CANCELLED
                    ? EventReason.RUN_CANCELLED
                    : EventReason.RUN_SUCCEEDED,
                text,
                record.run().id()));
  }
}
