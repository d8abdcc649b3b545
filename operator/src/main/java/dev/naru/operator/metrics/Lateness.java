package dev.naru.operator.metrics;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.operator.schedule.Cron;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
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

  /** When it is late; empty when it cannot be: no schedule, suspended, or one that never fires. */
  Optional<Instant> due(HasMetadata resource) {
    if (!(resource instanceof IngestionJob job)) {
      return Optional.empty();
    }
    var success =
        Optional.ofNullable(job.getStatus()).map(IngestionJobStatus::lastSuccess).map(Run::id);
    var stored = known.get(job.getMetadata().getUid());
    if (stored == null
        || !Objects.equals(stored.generation(), job.getMetadata().getGeneration())
        || !Objects.equals(stored.success(), success.orElse(""))
        || !Objects.equals(stored.timeout(), timeout(job))) {
      stored =
          new Known(
              job.getMetadata().getGeneration(), success.orElse(""), timeout(job), compute(job));
      known.put(job.getMetadata().getUid(), stored);
    }
    return stored.due();
  }

  /** Forgets all but these. */
  void keep(Set<String> uids) {
    known.keySet().retainAll(uids);
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

  private static Optional<Instant> compute(IngestionJob job) {
    var schedule = job.getSpec().schedule();
    if (schedule == null || Boolean.TRUE.equals(job.getSpec().suspend())) {
      return Optional.empty();
    }
    var since =
        Optional.ofNullable(job.getStatus())
            .map(IngestionJobStatus::lastSuccess)
            .map(Run::startTime)
            .orElseGet(() -> Instant.parse(job.getMetadata().getCreationTimestamp()));
    try {
      var zone = schedule.timeZone() == null ? Defaults.TIME_ZONE : schedule.timeZone();
      var patience = Durations.parse(timeout(job)).plus(REPORTING);
      return Cron.parse(schedule.cron(), zone).next(since).map(it -> it.plus(patience));
    } catch (IllegalArgumentException e) {
      // its Stalled condition says what is wrong with schedule or timeout
      return Optional.empty();
    }
  }
}
