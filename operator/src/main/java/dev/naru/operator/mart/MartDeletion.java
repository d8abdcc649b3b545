package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.DeletionPolicy;
import dev.naru.operator.kube.Background;
import dev.naru.operator.kube.Finalizers;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.Reason;
import dev.naru.operator.status.StatusWriter;
import dev.naru.operator.warehouse.WarehouseDocument;
import dev.naru.runfile.Warehouse;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Holds a DataMart that says {@code deletionPolicy: Delete} by a finalizer, and when it is deleted
 * lets it go once its tables are gone. It always ends: what cannot be deleted within a bounded time
 * is told by an Event and stays in BigQuery.
 */
final class MartDeletion {

  static final String FINALIZER = "naru.dev/delete-tables";

  /** Rights and Warehouses may come back; for this long after the deletion they are waited for. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** So may BigQuery. */
  static final Duration OUTAGE = Duration.ofHours(1);

  private final MartRuns runs;
  private final MartEraser eraser;
  private final Notices notices;
  private final Clock clock;
  private final Background<MartEraser.Answer, DataMart> answers;

  /** A namespace, or an application, is deleted with its Warehouse first as likely as last. */
  private final Map<ResourceID, Warehouse> warehouses = new ConcurrentHashMap<>();

  MartDeletion(MartRuns runs, MartEraser eraser, Notices notices, Clock clock) {
    this.runs = runs;
    this.eraser = eraser;
    this.notices = notices;
    this.clock = clock;
    this.answers =
        new Background<>(
            MartEraser.Answer.class,
            "datamart-deletion",
            clock,
            it -> new MartEraser.Answer.Unknown("the operator itself failed, see its log: " + it));
  }

  /** Wakes the reconciler with each answer. */
  Background<MartEraser.Answer, DataMart> answers() {
    return answers;
  }

  /** Forgets a mart that is gone. */
  void forget(ResourceID who) {
    answers.forget(who);
    warehouses.remove(who);
  }

  /**
   * Sets the finalizer before anything is built, or takes it away when tables shall stay.
   *
   * @return whether it was written; the change wakes the reconciler
   */
  boolean guard(DataMart mart, MartSurroundings around, Context<DataMart> context) {
    var delete = mart.getSpec().deletionPolicy() == DeletionPolicy.DELETE;
    if (delete) {
      warehouse(mart, around);
    }
    if (delete == mart.hasFinalizer(FINALIZER)) {
      return false;
    }
    if (delete) {
      Finalizers.add(context.getClient(), mart, FINALIZER);
    } else {
      Finalizers.remove(context.getClient(), mart, FINALIZER);
    }
    return true;
  }

  private Optional<Warehouse> warehouse(DataMart mart, MartSurroundings around) {
    var who = ResourceID.fromResource(mart);
    around
        .warehouses()
        .apply(mart.getSpec().warehouseRef().name())
        .map(WarehouseDocument::of)
        .ifPresent(it -> warehouses.put(who, it));
    return Optional.ofNullable(warehouses.get(who));
  }

  /**
   * Goes on with the deletion of a mart that is marked for it.
   *
   * @return when to look again
   */
  Optional<Duration> proceed(DataMart mart, MartSurroundings around, Context<DataMart> context) {
    if (!mart.hasFinalizer(FINALIZER)) {
      // somebody else holds it; its run has been told to stop
      return Optional.empty();
    }
    if (mart.getSpec().deletionPolicy() != DeletionPolicy.DELETE) {
      Finalizers.remove(context.getClient(), mart, FINALIZER);
      return Optional.empty();
    }
    var step = new MartStep(mart, clock);
    MartRows.align(step);
    var running = runs.of(step.who).filter(it -> it.report().isEmpty());
    if (running.isPresent()) {
      // what it publishes now would come back to life
      wait(step, "run %s is being stopped".formatted(running.get().plan().id()), context);
      return Optional.empty();
    }
    var warehouse = warehouse(mart, around);
    if (warehouse.isEmpty()) {
      return patiently(
          step,
          "Warehouse %s, which says where they are, does not exist"
              .formatted(mart.getSpec().warehouseRef().name()),
          PATIENCE,
          Optional.empty(),
          context);
    }
    return erase(step, warehouse.get(), order(mart, step.orphans, around), context);
  }

  /**
   * Who reads others goes before them: a view that has lost its tables cannot be looked at any more
   * to see whose it is.
   */
  static List<String> order(DataMart mart, List<String> orphans, MartSurroundings around) {
    var order =
        switch (MartResolver.resolve(mart, around)) {
          case MartResolution.Resolved(var resolved) ->
              resolved.tables().stream().map(ResolvedMart.Table::name).toList();
          case MartResolution.Unresolved _ ->
              mart.getSpec().tables().stream()
                  .sorted(Comparator.comparing(MartDeletion::reads))
                  .map(DataMartTable::name)
                  .toList();
        };
    return Stream.concat(orphans.stream(), order.reversed().stream()).distinct().toList();
  }

  private static boolean reads(DataMartTable table) {
    return switch (MartWindows.type(table)) {
      case VIEW, MATERIALIZED_VIEW -> true;
      case TABLE, PARTITIONS, MERGE, UNKNOWN -> false;
    };
  }

  private Optional<Duration> erase(
      MartStep step, Warehouse from, List<String> tables, Context<DataMart> context) {
    var mart = step.mart;
    var metadata = mart.getMetadata();
    var dataset =
        MartDocument.dataset(
            mart.getSpec().dataset(), Owner.dataMart(metadata.getNamespace(), metadata.getName()));
    var answer =
        answers.ask(
            step.who,
            metadata.getUid() + metadata.getGeneration() + from,
            () -> eraser.erase(from, dataset, tables),
            MartEraser.Answer.Erased.class::isInstance);
    if (answer.isEmpty()) {
      wait(step, "BigQuery is being asked", context);
      return Optional.empty();
    }
    var again = answer.get().retryAt();
    return switch (answer.get().value()) {
      case MartEraser.Answer.Erased(var all) -> {
        letGo(
            mart,
            Notice.normal(
                EventReason.TABLES_DELETED,
                "The tables of dataset %s that belonged to this DataMart are deleted; the dataset %s"
                    .formatted(
                        dataset.name(),
                        all ? "is deleted too" : "stays: it holds something more, or is not ours"),
                ""),
            context);
        yield Optional.empty();
      }
      case MartEraser.Answer.Refused(var message) ->
          patiently(step, message, PATIENCE, again, context);
      case MartEraser.Answer.Unknown(var message) ->
          patiently(step, message, OUTAGE, again, context);
    };
  }

  /** Waits for what may be mended, and gives up in the end: a namespace must not hang for ever. */
  private Optional<Duration> patiently(
      MartStep step,
      String obstacle,
      Duration patience,
      Optional<Instant> again,
      Context<DataMart> context) {
    var until = Instant.parse(step.mart.getMetadata().getDeletionTimestamp()).plus(patience);
    if (!step.now.isBefore(until)) {
      letGo(
          step.mart,
          Notice.warning(
              EventReason.TABLES_KEPT,
              "The tables of dataset %s stay in BigQuery: %s. Delete them by hand, or apply the DataMart once more and delete it when that is mended"
                  .formatted(step.mart.getSpec().dataset().name(), obstacle),
              ""),
          context);
      return Optional.empty();
    }
    wait(
        step,
        "%s. It is tried until %s; spec.deletionPolicy: Retain lets the DataMart go at once and keeps its tables"
            .formatted(obstacle, until),
        context);
    again.ifPresent(step::lookAgainAt);
    step.lookAgainAt(until);
    return step.lookAgain();
  }

  private void wait(MartStep step, String why, Context<DataMart> context) {
    var before = step.stored.map(DataMartStatus::conditions).orElse(List.<Condition>of());
    Readiness.report(
        step.conditions,
        Outcome.Wait.on(
            Reason.DELETING,
            "Deleting the tables of dataset %s: %s"
                .formatted(step.mart.getSpec().dataset().name(), why)));
    Notice.ofReadiness(before, step.conditions.toList())
        .ifPresent(it -> notices.tell(step.mart, it));
    StatusWriter.write(step.mart, MartStatus.of(step), DataMart::new, context);
  }

  private void letGo(DataMart mart, Notice notice, Context<DataMart> context) {
    notices.tell(mart, notice);
    Finalizers.remove(context.getClient(), mart, FINALIZER);
  }
}
