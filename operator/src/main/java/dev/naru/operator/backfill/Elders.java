package dev.naru.operator.backfill;

import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.operator.status.Conditions;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Backfills that come first because they have begun or are older, and build some of the same
 * partitions: two side by side would only undo each other's work.
 */
final class Elders {

  /**
   * Days of a mart whose zone is not asked for begin no earlier than here, and no later than there.
   */
  private static final ZoneOffset EARLIEST = ZoneOffset.ofHours(14);

  private static final ZoneOffset LATEST = ZoneOffset.ofHours(-12);

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
                "Waits for Backfill %s, which %s and builds some of the same partitions%s"
                    .formatted(
                        it.getMetadata().getName(),
                        BackfillStep.begun(it) ? "has begun" : "is older",
                        Boolean.TRUE.equals(it.getSpec().suspend())
                            ? "; it is paused: resume, cancel or delete it"
                            : ""));
  }

  private static boolean goesOn(Backfill it) {
    var conditions =
        Optional.ofNullable(it.getStatus()).map(BackfillStatus::conditions).orElse(List.of());
    return it.getMetadata().getDeletionTimestamp() == null
        && !BackfillStep.over(it)
        && !Conditions.isTrue(conditions, STALLED)
        && !Boolean.TRUE.equals(it.getSpec().dryRun());
  }

  private static boolean meets(Backfill one, Backfill other, BackfillPlan plan) {
    var tables = one.getSpec().tables();
    return one.getSpec().dataMartRef().equals(other.getSpec().dataMartRef())
        && (tables.isEmpty() || tables.stream().anyMatch(plan.tables()::contains))
        && overlap(one, plan);
  }

  private static boolean overlap(Backfill one, BackfillPlan plan) {
    var range = one.getSpec().range();
    try {
      return Interval.read(range.from(), EARLIEST).toInstant().isBefore(plan.end())
          && Interval.read(range.to(), LATEST).toInstant().isAfter(plan.begin());
    } catch (DateTimeException e) {
      return false; // its bounds are no days: it is refused and builds nothing
    }
  }

  /** Who has begun goes on, also when another was made in the same second; then by age. */
  private static String turn(Backfill it) {
    return (BackfillStep.begun(it) ? "0 " : "1 ")
        + it.getMetadata().getCreationTimestamp()
        + it.getMetadata().getUid();
  }
}
