package dev.naru.bigquery;

import dev.naru.runfile.RunFile.NewColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What has to happen to a target before rows with certain columns fit into it. Names are compared
 * without regard to case, as BigQuery does.
 */
public sealed interface SchemaPlan {

  /** The table does not exist. */
  record Create(List<Column> columns) implements SchemaPlan {
    public Create {
      columns = List.copyOf(columns);
    }
  }

  /**
   * The rows fit as they are.
   *
   * @param columns what to insert, typed as the target is
   * @param notes for the log and the status: columns left out or left NULL
   */
  record Unchanged(List<Column> columns, List<String> notes) implements SchemaPlan {
    public Unchanged {
      columns = List.copyOf(columns);
      notes = List.copyOf(notes);
    }
  }

  /**
   * The target has to change first; nothing that it holds is lost.
   *
   * @param add new columns, all of which may be NULL in the rows already there
   * @param relax columns that must stop being REQUIRED
   * @param widen columns with their new type
   * @param columns what to insert afterwards, typed as the target then is
   */
  record Change(
      List<Column> add,
      List<String> relax,
      List<Column> widen,
      List<Column> columns,
      List<String> notes)
      implements SchemaPlan {
    public Change {
      add = List.copyOf(add);
      relax = List.copyOf(relax);
      widen = List.copyOf(widen);
      columns = List.copyOf(columns);
      notes = List.copyOf(notes);
    }
  }

  /** The rows cannot go there; {@code message} says what to do. */
  record Refuse(String message) implements SchemaPlan {}

  /**
   * Compares.
   *
   * @param existing columns of the target; empty when there is no such table. A column whose type
   *     Naru never makes maps to empty
   * @param wanted columns of the rows
   */
  static SchemaPlan of(
      TableId target,
      Optional<Map<String, Optional<Column>>> existing,
      List<Column> wanted,
      NewColumns policy) {
    var collision = caseCollision(wanted);
    if (collision.isPresent()) {
      return new Refuse(collision.get());
    }
    return existing
        .map(columns -> new Comparison(target, columns, policy).compare(wanted))
        .orElseGet(() -> new Create(wanted));
  }

  private static Optional<String> caseCollision(List<Column> wanted) {
    var seen = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (var column : wanted) {
      var other = seen.put(column.name(), column.name());
      if (other != null) {
        return Optional.of(
            "The source has the columns '%s' and '%s', which are one name in BigQuery. Leave one out with spec.source.columns.exclude."
                .formatted(other, column.name()));
      }
    }
    return Optional.empty();
  }

  /** One comparison; collects what it finds. */
  final class Comparison {

    private final TableId target;
    private final Map<String, Optional<Column>> existing =
        new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final NewColumns policy;
    private final List<Column> add = new ArrayList<>();
    private final List<String> relax = new ArrayList<>();
    private final List<Column> widen = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();

    private Comparison(TableId target, Map<String, Optional<Column>> existing, NewColumns policy) {
      this.target = target;
      this.existing.putAll(existing);
      this.policy = policy;
    }

    private SchemaPlan compare(List<Column> wanted) {
      for (var column : wanted) {
        if (existing.containsKey(column.name())) {
          fit(existing.get(column.name()), column);
        } else {
          extend(column);
        }
      }
      leftOver(wanted);
      if (!refusals.isEmpty()) {
        return new Refuse(String.join(" ", refusals));
      }
      return add.isEmpty() && relax.isEmpty() && widen.isEmpty()
          ? new Unchanged(columns, notes)
          : new Change(add, relax, widen, columns, notes);
    }

    private void fit(Optional<Column> known, Column wanted) {
      if (known.isEmpty()) {
        refuse(wanted, "the target's column has a type that Naru does not write");
        return;
      }
      var has = known.get();
      if (has.mode() == Column.Mode.REQUIRED && wanted.mode() == Column.Mode.NULLABLE) {
        relax.add(has.name());
      }
      if (Widening.holds(has, wanted)) {
        columns.add(has);
      } else if (Widening.canAlter(has, wanted) && policy == NewColumns.ADD) {
        var wider = wanted.withName(has.name()).withMode(has.mode());
        widen.add(wider);
        columns.add(wider);
      } else if (Widening.canAlter(has, wanted)) {
        refuse(
            wanted,
            "the target's %s is too narrow and spec.schemaPolicy.newColumns is %s; run ALTER TABLE %s ALTER COLUMN %s SET DATA TYPE %s, or set the policy to Add"
                .formatted(
                    has.sqlType(),
                    name(policy),
                    target.sql(),
                    Sql.column(has.name()),
                    wanted.sqlType()));
      } else {
        refuse(
            wanted,
            "the target's %s cannot hold every value and BigQuery cannot change one into the other; move the target away and request a full refresh, or exclude the column with spec.source.columns.exclude"
                .formatted(has.sqlType()));
      }
    }

    private void extend(Column wanted) {
      switch (policy) {
        case ADD -> {
          var mode =
              wanted.mode() == Column.Mode.REPEATED ? Column.Mode.REPEATED : Column.Mode.NULLABLE;
          add.add(wanted.withMode(mode));
          columns.add(wanted.withMode(mode));
        }
        case REPORT ->
            notes.add(
                "column %s of the source is not in the target and not loaded (spec.schemaPolicy.newColumns is Report)"
                    .formatted(wanted.name()));
        case FAIL ->
            refusals.add(
                "The source has a new column '%s' (%s) that %s lacks, and spec.schemaPolicy.newColumns is Fail. Set it to Add or Report, or exclude the column with spec.source.columns.exclude."
                    .formatted(wanted.name(), wanted.sqlType(), target));
      }
    }

    private void leftOver(List<Column> wanted) {
      var names = new TreeMap<String, Column>(String.CASE_INSENSITIVE_ORDER);
      wanted.forEach(column -> names.put(column.name(), column));
      existing.forEach(
          (name, column) -> {
            if (names.containsKey(name)) {
              return;
            }
            if (column.map(Column::mode).orElse(Column.Mode.NULLABLE) == Column.Mode.REQUIRED) {
              relax.add(name);
            }
            notes.add(
                "column %s of the target is not in the source and stays NULL".formatted(name));
          });
    }

    private void refuse(Column wanted, String why) {
      refusals.add(
          "Column '%s' of the source is %s, but %s."
              .formatted(wanted.name(), wanted.sqlType(), why));
    }

    private static String name(NewColumns policy) {
      var name = policy.name();
      return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
  }
}
