package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.pod.Jobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The runs that status remembers. What was recorded once stays as it is, whatever becomes of Job
 * and pods. Pure.
 *
 * @param ended newest first, at most {@link #SIZE}
 */
record RunHistory(List<Run> ended, Optional<Run> lastSuccess, Optional<Instant> dataThrough) {

  /** So many ended runs are kept. */
  static final int SIZE = 5;

  private static final Comparator<Run> NEWEST_FIRST =
      Comparator.comparing(Run::completionTime).thenComparing(Run::id).reversed();

  /** What status holds. */
  static RunHistory of(Optional<IngestionJobStatus> status) {
    return new RunHistory(
        status.map(IngestionJobStatus::history).orElse(List.of()),
        status.map(IngestionJobStatus::lastSuccess),
        status.map(IngestionJobStatus::dataThrough));
  }

  /** Whether an ended run is in here, or older than all that are kept. */
  boolean knows(ObservedRun run) {
    return ended.stream().anyMatch(it -> it.id().equals(run.id().value()))
        || (ended.size() >= SIZE
            && !Jobs.endTime(run.job()).isAfter(ended.getLast().completionTime()));
  }

  /** With one more ended run. */
  RunHistory with(RunRecord ended) {
    var runs = new ArrayList<>(this.ended);
    runs.add(ended.run());
    runs.sort(NEWEST_FIRST);
    var success = ended.run().result() == RunOutcome.SUCCEEDED;
    return new RunHistory(
        List.copyOf(runs.subList(0, Math.min(SIZE, runs.size()))),
        success ? newer(lastSuccess, ended.run()) : lastSuccess,
        // an older run that is recorded late must not turn the clock back
        later(dataThrough, ended.dataThrough()));
  }

  /** The newest ended run. */
  Optional<Run> newest() {
    return ended.stream().findFirst();
  }

  private static Optional<Run> newer(Optional<Run> one, Run other) {
    return one.filter(it -> NEWEST_FIRST.compare(it, other) < 0).or(() -> Optional.of(other));
  }

  private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
    return one.filter(it -> other.isEmpty() || it.isAfter(other.get())).or(() -> other);
  }
}
