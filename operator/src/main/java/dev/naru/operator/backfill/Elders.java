package dev.naru.operator.backfill;

import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.ConditionStatus;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Backfills that come first because they have begun or are older, and build some of the same
 * partitions: two side by side would only undo each other's work.
 */
final class Elders {

  /** Bounds that are days begin somewhere on earth. */
  private static final long LONGEST_OFFSET_HOURS = 14;

  private Elders() {}

  /** Whom it waits for, for people. */
  static Optional<String> of(
      Backfill backfill, BackfillPlan plan, IndexedResourceCache<Backfill> cache) {
    return cache
        .list(
            backfill.getMetadata().getNamespace(),
            it -> turn(it).compareTo(turn(backfill)) < 0 && goesOn(it) && meets(it, backfill, plan))
        .min(Comparator.comparing(Elders::turn))
        .map(
            it ->
                "Waits for Backfill %s, which is older and builds some of the same partitions%s"
                    .formatted(
                        it.getMetadata().getName(),
                        Boolean.TRUE.equals(it.getSpec().suspend())
                            ? "; it is paused: resume, cancel or delete it"
                            : ""));
  }

  private static boolean goesOn(Backfill it) {
    var stalled =
        Optional.ofNullable(it.getStatus())
            .map(BackfillStatus::conditions)
            .orElse(List.of())
            .stream()
            .anyMatch(c -> c.type().equals(STALLED) && c.status() == ConditionStatus.TRUE);
    return it.getMetadata().getDeletionTimestamp() == null
        && !BackfillStep.over(it)
        && !stalled
        && !Boolean.TRUE.equals(it.getSpec().dryRun());
  }

  private static boolean meets(Backfill one, Backfill other, BackfillPlan plan) {
    var tables = one.getSpec().tables();
    return one.getSpec().dataMartRef().equals(other.getSpec().dataMartRef())
        && (tables.isEmpty() || tables.stream().anyMatch(plan.tables()::contains))
        && overlap(one, plan);
  }

  private static boolean overlap(Backfill one, BackfillPlan plan) {
    var from = plan.intervals().stream().map(Interval::from).min(Comparator.naturalOrder());
    var to = plan.intervals().stream().map(Interval::to).max(Comparator.naturalOrder());
    try {
      return earliest(one.getSpec().range().from()).isBefore(to.orElseThrow())
          && latest(one.getSpec().range().to()).isAfter(from.orElseThrow());
    } catch (DateTimeException e) {
      return false; // its bounds are no days: it is refused and builds nothing
    }
  }

  private static Instant earliest(String bound) {
    return bound.length() == 10
        ? LocalDate.parse(bound)
            .atStartOfDay(ZoneOffset.ofHours((int) LONGEST_OFFSET_HOURS))
            .toInstant()
        : OffsetDateTime.parse(bound).toInstant();
  }

  private static Instant latest(String bound) {
    return bound.length() == 10
        ? LocalDate.parse(bound).atStartOfDay(ZoneOffset.ofHours(-12)).toInstant()
        : OffsetDateTime.parse(bound).toInstant();
  }

  /** Who has begun goes on, also when another was made in the same second; then by age. */
  private static String turn(Backfill it) {
    return (BackfillStep.begun(it) ? "0 " : "1 ")
        + it.getMetadata().getCreationTimestamp()
        + it.getMetadata().getUid();
  }
}
