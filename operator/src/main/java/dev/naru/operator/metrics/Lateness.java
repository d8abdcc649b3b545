package dev.naru.operator.metrics;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.crds.v1alpha1.Schedule;
import dev.naru.operator.schedule.Cron;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When a resource's next success is overdue: at the first firing of its schedule after the last
 * success, plus the time a run may take. That moment moves only with spec, timeout and success, so
 * it is computed once for each and not at every scrape.
 */
final class Lateness {

  /** A run that ends at its timeout still has to be reported. */
  private static final Duration REPORTING = Duration.ofMinutes(2);

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Long generation, String success, String timeout, Optional<Instant> due) {}

  /**
   * What decides when a resource is late.
   *
   * @param since start of the last success, or when the resource was made
   * @param patience how long after a firing it may take, as durations that add up
   */
  private record Cadence(
      Optional<Schedule> schedule, String success, Instant since, String patience) {}

  /** When it is late; empty when it cannot be: no schedule, suspended, or one that never fires. */
  Optional<Instant> due(HasMetadata resource) {
    var cadence =
        switch (resource) {
          case IngestionJob job -> Optional.of(of(job));
          case DataMart mart -> Optional.of(of(mart));
          default -> Optional.<Cadence>empty();
        };
    return cadence.flatMap(it -> due(resource, it));
  }

  private Optional<Instant> due(HasMetadata resource, Cadence cadence) {
    var stored = known.get(resource.getMetadata().getUid());
    if (stored == null
        || !Objects.equals(stored.generation(), resource.getMetadata().getGeneration())
        || !Objects.equals(stored.success(), cadence.success())
        || !Objects.equals(stored.timeout(), cadence.patience())) {
      stored =
          new Known(
              resource.getMetadata().getGeneration(),
              cadence.success(),
              cadence.patience(),
              compute(cadence));
      known.put(resource.getMetadata().getUid(), stored);
    }
    return stored.due();
  }

  /** Forgets all but these. */
  void keep(Set<String> uids) {
    known.keySet().retainAll(uids);
  }

  private static Cadence of(IngestionJob job) {
    var success = Optional.ofNullable(job.getStatus()).map(IngestionJobStatus::lastSuccess);
    return new Cadence(
        schedule(job.getSpec().schedule(), job.getSpec().suspend()),
        success.map(Run::id).orElse(""),
        success.map(Run::startTime).orElseGet(() -> made(job)),
        timeout(job));
  }

  /** A run of a mart may wait for what it reads before it begins. */
  private static Cadence of(DataMart mart) {
    var spec = mart.getSpec();
    var success = Optional.ofNullable(mart.getStatus()).map(DataMartStatus::lastSuccess);
    var deadline = spec.upstream() == null ? null : spec.upstream().deadline();
    return new Cadence(
        schedule(spec.schedule(), spec.suspend()),
        success.map(MartRun::id).orElse(""),
        success.map(MartRun::startTime).orElseGet(() -> made(mart)),
        (spec.timeout() == null ? Defaults.TIMEOUT : spec.timeout())
            + " "
            + (deadline == null ? Defaults.UPSTREAM_DEADLINE : deadline));
  }

  private static Optional<Schedule> schedule(Schedule declared, Boolean suspend) {
    return Optional.ofNullable(declared).filter(_ -> !Boolean.TRUE.equals(suspend));
  }

  private static Instant made(HasMetadata resource) {
    return Instant.parse(resource.getMetadata().getCreationTimestamp());
  }

  /** What status says that counts: a template may have set it. */
  private static String timeout(IngestionJob job) {
    if (job.getSpec().timeout() != null) {
      return job.getSpec().timeout();
    }
    var effective =
        Optional.ofNullable(job.getStatus()).map(IngestionJobStatus::effective).orElse(Map.of());
    // the template it comes from follows in brackets
    return effective.getOrDefault("spec.timeout", Defaults.TIMEOUT).split(" ", 2)[0];
  }

  private static Optional<Instant> compute(Cadence cadence) {
    if (cadence.schedule().isEmpty()) {
      return Optional.empty();
    }
    var schedule = cadence.schedule().get();
    try {
      var patience =
          Arrays.stream(cadence.patience().split(" ", -1))
              .map(Durations::parse)
              .reduce(REPORTING, Duration::plus);
      return Cron.parse(schedule.cron(), Defaults.timeZone(schedule))
          .next(cadence.since())
          .map(it -> it.plus(patience));
    } catch (IllegalArgumentException e) {
      // its Stalled condition says what is wrong with schedule or timeout
      return Optional.empty();
    }
  }
}
