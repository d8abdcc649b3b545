package dev.naru.operator.warehouse;

import static dev.naru.crds.v1alpha1.ConditionTypes.REACHABLE;
import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.crds.v1alpha1.WarehouseStatus;
import dev.naru.operator.kube.Background;
import dev.naru.operator.kube.Background.Answer;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.Reason;
import dev.naru.operator.status.StatusWriter;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks once per change or request whether a Warehouse can be used; repeats only what failed. */
@ControllerConfiguration(name = "warehouse", generationAwareEventProcessing = false)
public final class WarehouseReconciler implements Reconciler<Warehouse> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on("naru.dev", "warehouses", RESOURCES, "checks Warehouses", LIST, WATCH),
          Right.on("naru.dev", "warehouses/status", RESOURCES, "says what it found", PATCH));

  private final WarehouseCheck check;
  private final Notices notices;
  private final Clock clock;
  private final Background<WarehouseCheck.Answer, Warehouse> answers;

  public WarehouseReconciler(WarehouseCheck check, Notices notices, Clock clock) {
    this.check = check;
    this.notices = notices;
    this.clock = clock;
    this.answers =
        new Background<>(
            WarehouseCheck.Answer.class,
            "warehouse-check",
            clock,
            it ->
                new WarehouseCheck.Answer.Unreachable(
                    Reason.UNREACHABLE.code(), "the operator itself failed, see its log: " + it));
  }

  @Override
  public List<EventSource<?, Warehouse>> prepareEventSources(
      EventSourceContext<Warehouse> context) {
    return List.of(answers);
  }

  @Override
  public UpdateControl<Warehouse> reconcile(Warehouse warehouse, Context<Warehouse> context) {
    var stored = Optional.ofNullable(warehouse.getStatus());
    var before = stored.map(WarehouseStatus::conditions).orElse(List.of());
    var conditions = new Conditions(before, warehouse.getMetadata().getGeneration(), clock);
    if (settled(warehouse, stored, conditions)) {
      return UpdateControl.noUpdate();
    }
    var request = Requests.token(warehouse, Annotations.RUN_REQUESTED_AT);
    var document = WarehouseDocument.of(warehouse);
    var answer =
        answers.ask(
            ResourceID.fromResource(warehouse),
            warehouse.getMetadata().getUid()
                + warehouse.getMetadata().getGeneration()
                + request.orElse(""),
            () -> check.look(document),
            it -> it instanceof WarehouseCheck.Answer.Usable);
    var outcome =
        answer
            .map(it -> outcome(conditions, it.value(), document))
            .orElseGet(() -> Outcome.Wait.on(Reason.CHECKING, "Asking BigQuery and the bucket"));
    Readiness.report(conditions, outcome);
    var handled = answer.isPresent() ? request : stored.map(WarehouseStatus::lastHandledRunRequest);
    tell(warehouse, before, conditions);
    StatusWriter.write(
        warehouse,
        new WarehouseStatus(
            warehouse.getMetadata().getGeneration(), conditions.toList(), handled.orElse(null)),
        Warehouse::new,
        context);
    return answer
        .flatMap(Answer::retryAt)
        .map(at -> UpdateControl.<Warehouse>noUpdate().rescheduleAfter(positive(at)))
        .orElseGet(UpdateControl::noUpdate);
  }

  /**
   * Whether this generation and request were looked at and found usable: nothing is asked again.
   */
  private static boolean settled(
      Warehouse warehouse, Optional<WarehouseStatus> stored, Conditions conditions) {
    var generation = warehouse.getMetadata().getGeneration();
    return stored.filter(it -> generation.equals(it.observedGeneration())).isPresent()
        && conditions.isTrue(REACHABLE)
        && conditions
            .get(REACHABLE)
            .map(Condition::observedGeneration)
            .filter(generation::equals)
            .isPresent()
        && Requests.open(
                warehouse,
                Annotations.RUN_REQUESTED_AT,
                stored.map(WarehouseStatus::lastHandledRunRequest).orElse(null))
            .isEmpty();
  }

  private static Outcome outcome(
      Conditions conditions, WarehouseCheck.Answer answer, dev.naru.runfile.Warehouse document) {
    return switch (answer) {
      case WarehouseCheck.Answer.Usable _ -> {
        var message =
            "BigQuery project %s (%s) and %s answer"
                .formatted(document.project(), document.location(), document.stagingBucket());
        conditions.set(REACHABLE, ConditionStatus.TRUE, Reason.REACHABLE.code(), message);
        yield new Outcome.Done(Reason.REACHABLE, message);
      }
      case WarehouseCheck.Answer.Unreachable it -> {
        conditions.set(REACHABLE, ConditionStatus.FALSE, it.reason(), it.message());
        yield new Outcome.Done(
            Reason.UNREACHABLE, "Accepted, but there is no answer yet: " + it.message());
      }
      case WarehouseCheck.Answer.Refused it -> {
        conditions.set(REACHABLE, ConditionStatus.FALSE, it.reason(), it.message());
        yield new Outcome.Fail(it.reason(), it.message());
      }
    };
  }

  private void tell(Warehouse warehouse, List<Condition> before, Conditions conditions) {
    Notice.ofReadiness(before, conditions.toList())
        .ifPresent(notice -> notices.tell(warehouse, notice));
  }

  private Duration positive(java.time.Instant at) {
    var delay = Duration.between(clock.instant(), at).plusMillis(1);
    return delay.isPositive() ? delay : Duration.ofMillis(1);
  }
}
