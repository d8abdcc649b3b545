package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.BackfillSpec;
import dev.naru.operator.mart.IntervalOrder;
import dev.naru.operator.mart.MartHistory;
import io.fabric8.kubernetes.api.model.Quantity;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Optional;

/**
 * A go at a Backfill with everything that does not change while it lasts.
 *
 * @param who the Backfill
 * @param uid of the Backfill: one that was deleted and applied again is another
 * @param mart the DataMart
 * @param contents what the rows are made of
 * @param limit for all intervals together
 */
record BackfillWork(
    ResourceID who,
    String uid,
    ResourceID mart,
    BackfillPlan plan,
    BackfillRun run,
    String contents,
    boolean dryRun,
    Optional<Long> limit,
    int parallelism) {

  /** What may change while a Backfill goes on; with others it begins again where it is. */
  record Settings(Optional<Long> limit, int parallelism) {

    static Settings of(BackfillSpec spec) {
      return new Settings(
          Optional.ofNullable(spec.limits())
              .map(it -> it.maxBytesBilled())
              .map(Quantity::getNumericalAmount)
              .map(it -> it.longValue()),
          spec.parallelism() == null ? 1 : spec.parallelism());
    }
  }

  Settings settings() {
    return new Settings(limit, parallelism);
  }

  /** The order for one interval. */
  IntervalOrder order(MartHistory history, Interval interval) {
    return new IntervalOrder(
        history,
        plan.tables(),
        interval.from(),
        interval.to(),
        who.getNamespace().orElse("") + "/" + who.getName(),
        who.getName() + "-" + interval.name(history.zone()),
        uid + " " + run.id(),
        run.startTime());
  }

  /** {@code 31 intervals of 2 tables of DataMart soda-store}. */
  String text() {
    return "%d %s of %s of DataMart %s"
        .formatted(
            plan.intervals().size(),
            plan.intervals().size() == 1 ? "interval" : "intervals",
            plan.tables().size() == 1
                ? "table " + plan.tables().getFirst()
                : plan.tables().size() + " tables",
            mart.getName());
  }
}
