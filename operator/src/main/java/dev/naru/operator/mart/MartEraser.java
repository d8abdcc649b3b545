package dev.naru.operator.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.DatasetSpec;
import dev.naru.runfile.Warehouse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Removes from BigQuery what a mart owns. A table without the mart's labels is left alone, and so
 * is a dataset that holds anything more. May be repeated: what is gone is fine. Blocks.
 */
final class MartEraser {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Warehouses warehouses;
  private final TableLocks locks;
  private final Clock clock;

  MartEraser(Warehouses warehouses, TableLocks locks, Clock clock) {
    this.warehouses = warehouses;
    this.locks = locks;
    this.clock = clock;
  }

  /** How it went. */
  sealed interface Answer {

    /**
     * Nothing of the mart is left.
     *
     * @param dataset whether the dataset is gone as well
     */
    record Erased(boolean dataset) implements Answer {}

    /** A person would have to act: rights, above all. */
    record Refused(String message) implements Answer {}

    /** No usable answer; asked again later. */
    record Unknown(String message) implements Answer {}
  }

  /**
   * Removes tables and, when it is empty then, their dataset. One that the mart was told to adopt
   * was there before it, and stays. Whoever still writes the tables ends first: what is published
   * after their deletion would come back to life.
   */
  Answer erase(Warehouse from, DatasetSpec dataset, List<String> tables) {
    var targets =
        tables.stream().map(it -> new TableId(from.project(), dataset.name(), it)).toList();
    var until = clock.instant().plus(PATIENCE);
    var other = new AtomicReference<>("");
    var claim =
        locks.acquire(
            "deletion of DataMart " + dataset.owner(),
            targets.stream().map(TableId::toString).collect(Collectors.toSet()),
            () -> clock.instant().isBefore(until),
            other::set);
    if (claim.isEmpty()) {
      return new Answer.Unknown("%s still writes them".formatted(other.get()));
    }
    try (var _ = claim.get()) {
      return alone(from, dataset, targets);
    }
  }

  private Answer alone(Warehouse from, DatasetSpec dataset, List<TableId> targets) {
    try (var warehouse = warehouses.open(from, dataset.owner(), clock.instant().plus(PATIENCE))) {
      targets.forEach(it -> warehouse.delete(it, dataset.owner()));
      return new Answer.Erased(!dataset.adopt() && warehouse.delete(dataset));
    } catch (ActionNeededFailure e) {
      return new Answer.Refused(e.getMessage());
    } catch (Failure e) {
      return new Answer.Unknown(e.getMessage());
    }
  }
}
