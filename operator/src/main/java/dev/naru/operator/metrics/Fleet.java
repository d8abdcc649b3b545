package dev.naru.operator.metrics;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ConditionTypes;
import dev.naru.crds.v1alpha1.ModelService;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells how all resources stand, computed from the caches at each scrape: nothing is remembered, so
 * a restart changes nothing. Only the leader tells, or two replicas would count twice.
 */
public final class Fleet implements MultiCollector {

  /** Stands for a resource that no operator has looked at yet. */
  private static final Condition UNSEEN =
      new Condition(ConditionTypes.READY, ConditionStatus.UNKNOWN, "NotYet", "", null, null);

  private static final Pattern WORD = Pattern.compile("[A-Za-z]{1,64}");

  private final Map<String, Supplier<Stream<? extends HasMetadata>>> caches;
  private final BooleanSupplier leading;
  private final boolean perResource;
  private final Clock clock;
  private final Lateness lateness = new Lateness();

  /**
   * A fleet.
   *
   * @param caches the resources of each kind
   * @param leading whether this replica reconciles
   * @param perResource whether each resource gets series of its own
   */
  public Fleet(
      Map<String, Supplier<Stream<? extends HasMetadata>>> caches,
      BooleanSupplier leading,
      boolean perResource,
      Clock clock) {
    this.caches = Map.copyOf(caches);
    this.leading = leading;
    this.perResource = perResource;
    this.clock = clock;
  }

  @Override
  public MetricSnapshots collect() {
    var gauges = new Gauges();
    if (leading.getAsBoolean()) {
      var now = clock.instant();
      var seen =
          caches.entrySet().stream()
              .flatMap(it -> kind(it.getKey(), it.getValue(), now, gauges))
              .collect(Collectors.toSet());
      lateness.keep(seen);
    }
    return gauges.snapshots();
  }

  private Stream<String> kind(
      String kind, Supplier<Stream<? extends HasMetadata>> cache, Instant now, Gauges gauges) {
    var all = cache.get().map(Facts::of).toList();
    gauges.set(Metric.RESOURCES, all.size(), kind);
    all.stream()
        .flatMap(it -> conditions(it).stream())
        .collect(
            Collectors.groupingBy(
                it -> List.of(it.type(), Gauges.status(it.status()), word(it.reason())),
                Collectors.counting()))
        .forEach(
            (labels, count) ->
                gauges.set(
                    Metric.CONDITIONS, count, kind, labels.get(0), labels.get(1), labels.get(2)));
    data(kind, all, now, gauges);
    rollouts(kind, all, gauges);
    if (perResource) {
      all.forEach(it -> single(it, now, gauges));
    }
    return all.stream().map(it -> it.resource().getMetadata().getUid());
  }

  private void data(String kind, List<Facts> all, Instant now, Gauges gauges) {
    if (!Facts.carriesData(kind)) {
      return;
    }
    gauges.set(
        Metric.ACTIVE,
        all.stream().filter(it -> it.data().filter(Facts.Data::active).isPresent()).count(),
        kind);
    gauges.set(Metric.LATE, all.stream().filter(it -> late(it, now)).count(), kind);
    all.stream()
        .filter(it -> lateness.due(it.resource()).isPresent())
        .flatMap(it -> it.data().flatMap(Facts.Data::through).stream())
        .map(it -> Duration.between(it, now).toSeconds())
        .max(Long::compare)
        .ifPresent(lag -> gauges.set(Metric.LAG, lag, kind));
  }

  private static void rollouts(String kind, List<Facts> all, Gauges gauges) {
    if (!kind.equals(HasMetadata.getKind(ModelService.class))) {
      return;
    }
    for (var phase : Label.ROLLOUT_PHASE.allowed().orElseThrow()) {
      gauges.set(
          Metric.ROLLOUTS,
          all.stream()
              .flatMap(it -> it.rollout().stream())
              .filter(it -> it.phase() != null)
              .filter(it -> it.phase().name().toLowerCase(Locale.ROOT).equals(phase))
              .count(),
          phase);
    }
  }

  private void single(Facts facts, Instant now, Gauges gauges) {
    var metadata = facts.resource().getMetadata();
    var labels = new String[] {facts.kind(), metadata.getNamespace(), metadata.getName()};
    gauges.set(Metric.RESOURCE_HEALTHY, healthy(facts) ? 1 : 0, labels);
    facts
        .rollout()
        .map(it -> Objects.requireNonNullElse(it.percent(), 0))
        .ifPresent(it -> gauges.set(Metric.CANARY_SHARE, it, labels[1], labels[2]));
    facts
        .data()
        .ifPresent(
            data -> {
              gauges.set(Metric.RESOURCE_LATE, late(facts, now) ? 1 : 0, labels);
              data.through()
                  .ifPresent(
                      it -> gauges.set(Metric.RESOURCE_THROUGH, it.getEpochSecond(), labels));
              data.bytes().ifPresent(it -> gauges.set(Metric.RESOURCE_BYTES, it, labels));
              data.tables()
                  .forEach(
                      (table, bytes) ->
                          gauges.set(Metric.TABLE_BYTES, bytes, labels[1], labels[2], table));
              data.lastSuccess()
                  .ifPresent(
                      run -> {
                        if (run.completionTime() != null) {
                          gauges.set(
                              Metric.RESOURCE_SUCCESS,
                              run.completionTime().getEpochSecond(),
                              labels);
                        }
                        if (run.rows() != null) {
                          gauges.set(Metric.RESOURCE_ROWS, run.rows(), labels);
                        }
                      });
            });
  }

  private boolean late(Facts facts, Instant now) {
    return lateness.due(facts.resource()).filter(it -> it.isBefore(now)).isPresent();
  }

  private static List<Condition> conditions(Facts facts) {
    return facts.conditions().isEmpty() ? List.of(UNSEEN) : facts.conditions();
  }

  private static boolean healthy(Facts facts) {
    return facts.conditions().stream()
        .noneMatch(
            it ->
                switch (it.type()) {
                  case ConditionTypes.RUN_HEALTHY, ConditionTypes.REACHABLE ->
                      it.status() == ConditionStatus.FALSE;
                  case ConditionTypes.STALLED -> it.status() == ConditionStatus.TRUE;
                  default -> false;
                });
  }

  /** What somebody else wrote into status must not make series without bound. */
  private static String word(String reason) {
    return reason != null && WORD.matcher(reason).matches() ? reason : "Other";
  }
}
