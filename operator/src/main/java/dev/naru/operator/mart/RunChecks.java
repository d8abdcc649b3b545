package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.Check;
import dev.naru.bigquery.mart.Materialization;
import dev.naru.crds.v1alpha1.CheckType;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.MartCheck;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes the declared checks of a table as the warehouse takes them. Where a run may well find no
 * row, none is demanded. Pure.
 */
final class RunChecks {

  /** No name that a check can have which is declared. */
  private static final String ONE_NEWEST = "merge.key";

  private RunChecks() {}

  static List<Check> of(RunPlan plan, RunPlan.Table table) {
    var mayBeEmpty = MartWindows.mayBeEmpty(table.table().declared(), table.window());
    var declared =
        table.table().declared().checks().stream()
            .filter(it -> !mayBeEmpty || it.type() != CheckType.FRESHNESS)
            .map(it -> check(plan, table, it, mayBeEmpty));
    return Stream.concat(own(table).stream(), declared).toList();
  }

  /** What nobody has to declare: which row of a key is published is never a matter of luck. */
  private static Optional<Check> own(RunPlan.Table table) {
    return table.table().target().materialization() instanceof Materialization.Merge merge
        ? Optional.of(new Check.OneNewest(ONE_NEWEST, merge.key(), merge.orderBy()))
        : Optional.empty();
  }

  private static Check check(RunPlan plan, RunPlan.Table table, MartCheck it, boolean mayBeEmpty) {
    return switch (it.type()) {
      case NOT_NULL -> new Check.NotNull(it.name(), it.columns());
      case UNIQUE -> new Check.Unique(it.name(), it.columns());
      case ACCEPTED -> new Check.Accepted(it.name(), it.columns().getFirst(), it.values());
      case RANGE ->
          new Check.Range(
              it.name(),
              it.columns().getFirst(),
              Optional.ofNullable(it.range().min()),
              Optional.ofNullable(it.range().max()));
      case ROWS ->
          new Check.Rows(
              it.name(),
              Optional.ofNullable(it.rows().min()).filter(_ -> !mayBeEmpty),
              Optional.ofNullable(it.rows().max()),
              Optional.ofNullable(it.rows().maxChangePercent())
                  .filter(_ -> !mayBeEmpty)
                  .flatMap(percent -> change(table, percent)));
      case FRESHNESS ->
          new Check.Freshness(
              it.name(),
              it.columns().getFirst(),
              Durations.parse(it.freshness().maxAge()),
              table.window().end(),
              table.window().zone());
      case RELATIONSHIP ->
          new Check.Relationship(
              it.name(), it.columns(), other(plan, table, it), it.relationship().columns());
      case QUERY -> new Check.Query(it.name(), plan.checking(table, it.query()));
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static Optional<Check.Change> change(RunPlan.Table table, int percent) {
    return table
        .rowsBefore()
        .flatMap(it -> it.change(percent, table.table().declared(), table.window()));
  }

  private static TableId other(RunPlan plan, RunPlan.Table table, MartCheck check) {
    var parts = List.of(check.relationship().table().replace("`", "").split("\\.", -1));
    var dataset = parts.get(parts.size() - 2);
    return parts.size() > 2
        ? new TableId(
            String.join(".", parts.subList(0, parts.size() - 2)), dataset, parts.getLast())
        : plan.reads(table, dataset, parts.getLast());
  }
}
