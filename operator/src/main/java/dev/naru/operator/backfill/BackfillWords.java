package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartReason;
import dev.naru.operator.mart.RunBudget;
import java.util.List;
import java.util.Optional;

/** How a go at a Backfill ends, in words for people. Pure. */
record BackfillWords(BackfillWork work) {

  BackfillEnd ended(BackfillProgress.Snapshot at, Optional<MartHistory> mart) {
    if (!at.failures().isEmpty()) {
      return failed(at, doneOf(at) + " are published.");
    }
    return new BackfillEnd(
        Optional.of(RunOutcome.SUCCEEDED),
        BackfillReason.COMPLETED.code(),
        "%s published, %,d rows, %s billed%s"
            .formatted(
                work.text(),
                at.rows(),
                RunBudget.bytes(at.bytes()),
                mart.map(this::readers).orElse("")));
  }

  private String readers(MartHistory history) {
    var readers = history.readers(work.plan().tables());
    return readers.isEmpty()
        ? ""
        : ". Built from them and not again: %s; the next run of the mart does that, for tables of type Partitions within its window only"
            .formatted(String.join(", ", readers.subList(0, Math.min(10, readers.size()))));
  }

  BackfillEnd estimated(BackfillProgress.Snapshot at) {
    return new BackfillEnd(
        Optional.of(RunOutcome.SUCCEEDED),
        BackfillReason.ESTIMATED.code(),
        "%s would read %s; nothing was built"
            .formatted(work.text(), RunBudget.bytes(at.estimate().orElseThrow())));
  }

  BackfillEnd cancelled(BackfillProgress.Snapshot at) {
    return new BackfillEnd(
        Optional.of(RunOutcome.CANCELLED),
        MartReason.CANCELLED.code(),
        "Stopped by request after %s; what is published stays. Set annotation naru.dev/run-requested-at to go on"
            .formatted(doneOf(at)));
  }

  BackfillEnd exhausted(BackfillProgress.Snapshot at) {
    return limited(
        "Stopped after %s: they were billed for %s, and the next would exceed the %s that spec.limits.maxBytesBilled allows. Raise the limit, and it goes on"
            .formatted(
                doneOf(at),
                RunBudget.bytes(at.bytes()),
                RunBudget.bytes(work.limit().orElseThrow())));
  }

  static BackfillEnd limited(String message) {
    return BackfillEnd.failed(MartReason.LIMIT_EXCEEDED.code(), message);
  }

  BackfillEnd tooManyFailures(BackfillProgress.Snapshot at) {
    return failed(at, "Stopped after %d failures, %s.".formatted(at.failures().size(), doneOf(at)));
  }

  private static BackfillEnd failed(BackfillProgress.Snapshot at, String done) {
    var first = at.failures().getFirst();
    return BackfillEnd.failed(
        BackfillReason.INTERVALS_FAILED.code(),
        "%s %d failed, the first from %s to %s (%s): %s Failed intervals keep the rows they had; all are in status.failures. Mend it, then set annotation naru.dev/run-requested-at: only what is not done is built"
            .formatted(
                done,
                at.failures().size(),
                first.from(),
                first.to(),
                first.reason(),
                first.message()));
  }

  /** The mart makes other rows now. */
  BackfillEnd changed(BackfillProgress.Snapshot at) {
    return changed(work.mart().getName(), work.plan().tables(), doneOf(at));
  }

  /** The mart makes other rows now. */
  static BackfillEnd changed(String mart, List<String> tables, String done) {
    return BackfillEnd.failed(
        BackfillReason.MART_CHANGED.code(),
        "SQL, materialization or variables of DataMart %s changed for table %s after %s were built from what it was. Set annotation naru.dev/run-requested-at to build all of them from what it is now"
            .formatted(mart, String.join(", ", tables), done));
  }

  private String doneOf(BackfillProgress.Snapshot at) {
    return "%d of %d intervals".formatted(at.done(), work.plan().intervals().size());
  }
}
