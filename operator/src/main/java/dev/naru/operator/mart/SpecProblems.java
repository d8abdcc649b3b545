package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.CheckType;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.MartCheck;
import dev.naru.crds.v1alpha1.MaterializationType;
import dev.naru.crds.v1alpha1.PublishPolicy;
import dev.naru.crds.v1alpha1.Severity;
import dev.naru.operator.schedule.Cron;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** What is wrong with a DataMart's own fields and CEL cannot tell. Pure. */
final class SpecProblems {

  private static final String POLICY_TAG =
      "projects/[^/ ]+/locations/[^/ ]+/taxonomies/[0-9]+/policyTags/[0-9]+";

  private final DataMartSpec spec;

  private SpecProblems(DataMartSpec spec) {
    this.spec = spec;
  }

  /** The first problem, with the field, its value and what to write. */
  static Optional<Outcome> first(DataMartSpec spec) {
    var problems = new SpecProblems(spec);
    return problems.problem().or(() -> schedule(spec));
  }

  private Optional<Outcome> problem() {
    if (spec.publish() == PublishPolicy.UNKNOWN) {
      return Optional.of(
          Outcome.Fail.unknownValue("spec.publish", "WhenAllPass or EachWhenPasses"));
    }
    for (var i = 0; i < spec.tables().size(); i++) {
      var found = tableProblem("spec.tables[%d]".formatted(i), spec.tables().get(i));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Outcome> tableProblem(String path, DataMartTable table) {
    var type = MartWindows.type(table);
    if (type == MaterializationType.UNKNOWN) {
      return Optional.of(
          Outcome.Fail.unknownValue(
              path + ".materialization.type",
              "Table, View, MaterializedView, Partitions or Merge"));
    }
    return partitionProblem(path, table)
        .or(() -> twice(path + ".checks", table.checks().stream().map(MartCheck::name).toList()))
        .or(() -> twice(path + ".columns", table.columns().stream().map(it -> it.name()).toList()))
        .or(
            () ->
                twice(
                    path + ".rowAccess", table.rowAccess().stream().map(it -> it.name()).toList()))
        .or(() -> policyTagProblem(path, table))
        .or(() -> dependencyProblem(path, table))
        .or(() -> checkProblem(path, table));
  }

  private static Optional<Outcome> partitionProblem(String path, DataMartTable table) {
    var by = MartDocument.partitionBy(table);
    if (by.filter(it -> it.granularity() == Granularity.UNKNOWN).isPresent()) {
      return Optional.of(
          Outcome.Fail.unknownValue(
              path + ".materialization", "partitions of Hour, Day, Month or Year"));
    }
    if (Boolean.TRUE.equals(table.requirePartitionFilter()) && by.isEmpty()) {
      return Optional.of(
          invalid(
              path
                  + ".requirePartitionFilter: the table has no partitions to filter by; declare partitionBy in its materialization, or remove this field"));
    }
    var since = table.materialization() == null ? null : table.materialization().partitions();
    if (since != null && since.since() != null) {
      try {
        LocalDate.parse(since.since());
      } catch (DateTimeException e) {
        return Optional.of(
            invalid(
                path
                    + ".materialization.partitions.since: '%s' is no day of the calendar"
                        .formatted(since.since())));
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> policyTagProblem(String path, DataMartTable table) {
    return table.columns().stream()
        .filter(it -> it.policyTag() != null && !it.policyTag().matches(POLICY_TAG))
        .findFirst()
        .map(
            it ->
                invalid(
                    "%s.columns[%s].policyTag: '%s' is no policy tag: write projects/PROJECT/locations/LOCATION/taxonomies/NUMBER/policyTags/NUMBER"
                        .formatted(path, it.name(), it.policyTag())));
  }

  private Optional<Outcome> dependencyProblem(String path, DataMartTable table) {
    var names = spec.tables().stream().map(DataMartTable::name).toList();
    for (var i = 0; i < table.dependsOn().size(); i++) {
      var wanted = MartReads.withoutDataset(spec, table.dependsOn().get(i));
      if (!wanted.contains(".") && !names.contains(wanted)) {
        return Optional.of(
            invalid(
                "%s.dependsOn[%d]: this DataMart has no table '%s'%s; a table of another dataset is written dataset.table"
                    .formatted(path, i, wanted, Nearest.suggestion(wanted, names))));
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> checkProblem(String path, DataMartTable table) {
    for (var check : table.checks()) {
      if (check.type() == CheckType.UNKNOWN || check.severity() == Severity.UNKNOWN) {
        return Optional.of(
            Outcome.Fail.unknownValue(
                "%s.checks[%s]".formatted(path, check.name()),
                "the types NotNull, Unique, Accepted, Range, Rows, Freshness, Relationship and Query, and the severities Fail and Warn"));
      }
      var other = check.relationship();
      if (other != null && other.columns().size() != check.columns().size()) {
        return Optional.of(
            invalid(
                "%s.checks[%s].relationship.columns: %d columns are compared with %d; name as many on both sides"
                    .formatted(
                        path, check.name(), check.columns().size(), other.columns().size())));
      }
      if (other != null && other.table().split("\\.", -1).length < 2) {
        return Optional.of(
            invalid(
                "%s.checks[%s].relationship.table: '%s' needs its dataset, such as raw_rental.cars"
                    .formatted(path, check.name(), other.table())));
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> twice(String path, List<String> names) {
    var seen = new HashSet<String>();
    return names.stream()
        .filter(it -> !seen.add(it))
        .findFirst()
        .map(it -> invalid("%s: '%s' stands there twice; name it once".formatted(path, it)));
  }

  /** A schedule that cannot fire. */
  static Optional<Outcome> schedule(DataMartSpec spec) {
    if (spec.schedule() == null) {
      return Optional.empty();
    }
    try {
      Cron.parse(spec.schedule().cron(), MartWindows.zone(spec).getId());
      return Optional.empty();
    } catch (Cron.InvalidSchedule e) {
      return Optional.of(invalid("spec.schedule." + e.field() + ": " + e.getMessage()));
    } catch (DateTimeException e) {
      return Optional.of(
          invalid(
              "spec.schedule.timeZone: '%s' is no time zone: write an IANA name such as Asia/Seoul or UTC"
                  .formatted(spec.schedule().timeZone())));
    }
  }

  static Outcome invalid(String message) {
    return new Outcome.Fail(Reason.INVALID_SPEC, message);
  }
}
