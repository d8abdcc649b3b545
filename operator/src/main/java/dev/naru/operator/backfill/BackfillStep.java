package dev.naru.operator.backfill;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.FailedInterval;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.LookAgain;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one reconcile has found out and done so far; it becomes status at the end. */
final class BackfillStep {

  final Backfill backfill;
  final Optional<BackfillStatus> stored;
  final Conditions conditions;
  final Instant now;
  final List<Notice> notices = new ArrayList<>();
  Optional<BackfillRun> run;
  BackfillProgress.Snapshot at;

  /** Which version of a going one's progress {@link #at} is. */
  long version;

  Optional<Long> total;
  List<String> tables;
  Optional<String> contents;
  Optional<String> answeredRun;
  Optional<String> answeredCancel;
  final LookAgain lookAgain = new LookAgain();

  BackfillStep(Backfill backfill, Clock clock) {
    this.backfill = backfill;
    this.stored = Optional.ofNullable(backfill.getStatus());
    this.conditions =
        new Conditions(
            stored.map(BackfillStatus::conditions).orElse(List.of()),
            backfill.getMetadata().getGeneration(),
            clock);
    this.now = clock.instant();
    this.run = stored.map(BackfillStatus::lastRun);
    this.at =
        new BackfillProgress.Snapshot(
            stored.map(BackfillStatus::position).orElse(0L),
            stored.map(BackfillStatus::failures).orElse(List.<FailedInterval>of()),
            stored.map(BackfillStatus::rows).orElse(0L),
            stored.map(BackfillStatus::bytes).orElse(0L),
            stored.map(BackfillStatus::estimatedBytes),
            List.of());
    this.total = stored.map(BackfillStatus::total);
    this.tables = stored.map(BackfillStatus::tables).orElse(List.of());
    this.contents = stored.map(BackfillStatus::fingerprint);
    this.answeredRun = stored.map(BackfillStatus::lastHandledRunRequest);
    this.answeredCancel = stored.map(BackfillStatus::lastHandledCancelRequest);
  }

  String namespace() {
    return backfill.getMetadata().getNamespace();
  }

  /** The DataMart whose history it builds. */
  ResourceID mart() {
    return new ResourceID(backfill.getSpec().dataMartRef().name(), namespace());
  }

  boolean suspended() {
    return Boolean.TRUE.equals(backfill.getSpec().suspend());
  }

  boolean running() {
    return run.filter(it -> it.result() == RunOutcome.RUNNING).isPresent();
  }

  /** Whether it has come to an end; a request may begin another go. */
  boolean ended() {
    return run.filter(it -> it.result() != RunOutcome.RUNNING).isPresent();
  }

  /** Whether a Backfill does nothing any more as long as nobody asks for it. */
  static boolean over(Backfill backfill) {
    return lastRun(backfill).filter(it -> it.result() != RunOutcome.RUNNING).isPresent();
  }

  /** Whether status says of this one that it has begun, and not that it has ended. */
  static boolean begun(Backfill backfill) {
    return lastRun(backfill).filter(it -> it.result() == RunOutcome.RUNNING).isPresent();
  }

  private static Optional<BackfillRun> lastRun(Backfill backfill) {
    return Optional.ofNullable(backfill.getStatus()).map(BackfillStatus::lastRun);
  }

  Optional<String> openRun() {
    return Requests.open(backfill, Annotations.RUN_REQUESTED_AT, answeredRun.orElse(null));
  }

  Optional<String> openCancel() {
    return Requests.open(backfill, Annotations.CANCEL_REQUESTED_AT, answeredCancel.orElse(null));
  }

  /** Whether the spec was changed since status was written. */
  boolean changed() {
    return stored
        .map(BackfillStatus::observedGeneration)
        .filter(backfill.getMetadata().getGeneration()::equals)
        .isEmpty();
  }

  /** What Ready said before. */
  Optional<Outcome> before() {
    return conditions
        .get(READY)
        .map(
            it ->
                it.status() == ConditionStatus.TRUE
                    ? new Outcome.Done(it.reason(), it.message())
                    : conditions.isTrue(STALLED)
                        ? new Outcome.Fail(it.reason(), it.message())
                        : new Outcome.Wait(it.reason(), it.message(), true));
  }

  /** Ends the go. */
  Outcome end(RunOutcome result, String reason, String message) {
    var last = run.orElseGet(() -> new BackfillRun("b-1", null, conditions.now(), null, result));
    run =
        Optional.of(
            new BackfillRun(last.id(), last.request(), last.startTime(), conditions.now(), result));
    at = at.withRunning(List.of());
    return result == RunOutcome.SUCCEEDED
        ? new Outcome.Done(reason, message)
        : new Outcome.Fail(reason, message);
  }

  void read(BackfillProgress.Version progress) {
    at = progress.snapshot();
    version = progress.changes();
  }

  /** {@code 12 of 31 intervals}, or that there was none yet. */
  String doneOf() {
    return total.map(it -> "%d of %d intervals".formatted(at.done(), it)).orElse("no interval");
  }

  BackfillStatus status() {
    var begun = total.isPresent();
    return new BackfillStatus(
        backfill.getMetadata().getGeneration(),
        conditions.toList(),
        total.map(it -> at.done() + "/" + it).orElse(null),
        total.orElse(null),
        begun ? at.done() : null,
        begun ? Long.valueOf(at.failures().size()) : null,
        begun ? at.position() : null,
        at.running(),
        at.failures(),
        at.estimate().orElse(null),
        begun ? at.bytes() : null,
        begun ? at.rows() : null,
        tables,
        contents.orElse(null),
        run.orElse(null),
        effective(),
        answeredRun.orElse(null),
        answeredCancel.orElse(null));
  }

  private Map<String, String> effective() {
    var spec = backfill.getSpec();
    var effective = new TreeMap<String, String>();
    if (spec.order() == null) {
      effective.put("spec.order", "OldestFirst");
    }
    if (spec.parallelism() == null) {
      effective.put("spec.parallelism", "1");
    }
    if (spec.partitionsPerInterval() == null) {
      effective.put("spec.partitionsPerInterval", "1");
    }
    return effective;
  }
}
