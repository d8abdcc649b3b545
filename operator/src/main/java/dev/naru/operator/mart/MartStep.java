package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.MartPlan;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.LookAgain;
import dev.naru.operator.status.Notice;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one reconcile has found out and done so far; it becomes status at the end. Starts as the
 * stored status.
 */
final class MartStep {

  final DataMart mart;
  final ResourceID who;
  final Optional<DataMartStatus> stored;
  final Conditions conditions;
  final List<Notice> notices = new ArrayList<>();
  final Instant now;
  Optional<MartRun> lastRun;
  Optional<MartRun> lastSuccess;
  Optional<Instant> dataThrough;
  Optional<Instant> lastSchedule;
  Optional<MartPlan> plan;
  List<MartRun> history;
  List<MartTableStatus> tables;
  List<String> orphans;
  Optional<String> answeredRun;
  Optional<String> answeredCancel;
  Optional<MartRun> ended = Optional.empty();
  Optional<RunReport> report = Optional.empty();

  /** A run whose end this reconcile writes down: what it staged is not needed after that. */
  Optional<RunPlan> over = Optional.empty();

  private final LookAgain lookAgain = new LookAgain();

  MartStep(DataMart mart, Clock clock) {
    this.mart = mart;
    this.who = ResourceID.fromResource(mart);
    this.now = clock.instant();
    this.stored = Optional.ofNullable(mart.getStatus());
    this.conditions =
        new Conditions(
            stored.map(DataMartStatus::conditions).orElse(List.of()),
            mart.getMetadata().getGeneration(),
            clock);
    this.lastRun = stored.map(DataMartStatus::lastRun);
    this.lastSuccess = stored.map(DataMartStatus::lastSuccess);
    this.dataThrough = stored.map(DataMartStatus::dataThrough);
    this.lastSchedule = stored.map(DataMartStatus::lastScheduleTime);
    this.plan = stored.map(DataMartStatus::plan);
    this.history = stored.map(DataMartStatus::history).orElse(List.of());
    this.tables = stored.map(DataMartStatus::tables).orElse(List.of());
    this.orphans = stored.map(DataMartStatus::orphanedTables).orElse(List.of());
    this.answeredRun = stored.map(DataMartStatus::lastHandledRunRequest);
    this.answeredCancel = stored.map(DataMartStatus::lastHandledCancelRequest);
  }

  /** The run that status says is going on. */
  Optional<MartRun> running() {
    return lastRun.filter(it -> it.result() == RunOutcome.RUNNING);
  }

  void lookAgainAt(Instant at) {
    lookAgain.in(Duration.between(now, at).plusSeconds(1));
  }

  Optional<Duration> lookAgain() {
    return lookAgain.delay();
  }
}
