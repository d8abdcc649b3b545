package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The one transaction that makes a candidate's rows visible: guards, the change, the ledger's row.
 * It happens as a whole or not at all, and leaves schema, partitioning, policy tags, row policies
 * and grants of the table alone. Pure.
 *
 * @param into the target, or what is built beside it to be swapped with it
 * @param state of {@code into}
 * @param from the target as it is, when its rows are taken along into what is built beside it
 * @param touched what holds of the partitions that a Merge of fixed partitions changes; empty where
 *     any may change
 */
record PublishSql(
    MartTable table,
    TableId into,
    Table state,
    Optional<Table> from,
    TableId candidate,
    Window window,
    MartLedger ledger,
    MartLedger.Row row,
    Optional<Touched> touched) {

  private static final Pattern COUNT = Pattern.compile("lie outside of the window: (\\d+)");

  /** What the transaction refuses to do; the texts are found again in the job's error. */
  enum Guard {
    ALREADY_PUBLISHED("naru-guard: this run has published already"),
    SUPERSEDED("naru-guard: another run has published since this one built its rows"),
    CANDIDATE_CHANGED("naru-guard: the candidate does not hold the rows that were checked"),
    NOT_EMPTY("naru-guard: what is built beside the target holds rows already"),
    OUTSIDE("naru-guard: rows lie outside of the window");

    private final String text;

    Guard(String text) {
      this.text = text;
    }

    /** The guard that a failure's message comes from. */
    static Optional<Guard> in(Failure failure) {
      if (failure.reason() == WarehouseReason.ALREADY_PUBLISHED) {
        return Optional.of(ALREADY_PUBLISHED);
      }
      return Arrays.stream(values())
          .filter(guard -> failure.getMessage().contains(guard.text))
          .findFirst();
    }
  }

  /** The failure that a guard's error means. */
  Failure failure(Guard guard, Failure error) {
    return switch (guard) {
      case ALREADY_PUBLISHED, NOT_EMPTY, SUPERSEDED -> refused(guard, table, error);
      case CANDIDATE_CHANGED ->
          new ActionNeededFailure(
              WarehouseReason.VERIFICATION_FAILED,
              "%s: the candidate %s changed after it was built: somebody writes to it. %s was not touched; request a new run."
                  .formatted(table.path(), candidate, table.id()),
              error);
      case OUTSIDE -> {
        var count = COUNT.matcher(error.getMessage());
        yield new ActionNeededFailure(
            WarehouseReason.ROWS_OUTSIDE_WINDOW,
            "%s: %s rows of the SQL's result lie outside of the partitions that this run replaces (%s); a NULL there counts as outside. %s was not touched. Filter %s with @interval_start and @interval_end. See the rows: SELECT * FROM %s WHERE %s LIMIT 100"
                .formatted(
                    table.path(),
                    count.find() ? count.group(1) : "some",
                    bounds().within(""),
                    table.id(),
                    bounds().column(),
                    candidate.sql(),
                    bounds().outside("")),
            error);
      }
    };
  }

  /** What it means that somebody else has published. */
  static Failure refused(Guard guard, MartTable table, Failure error) {
    return guard == Guard.SUPERSEDED
        ? new ActionNeededFailure(
            WarehouseReason.SUPERSEDED,
            "%s: another run published into %s after this one had built its rows, so these may be older than what is there. They were not written. Nothing is to be done: the next run builds them anew."
                .formatted(table.path(), table.id()),
            error)
        : new RetryableFailure(
            WarehouseReason.ALREADY_PUBLISHED,
            "%s: somebody published %s for the same run at the same moment; nothing was written twice."
                .formatted(table.path(), table.id()),
            error);
  }

  /**
   * Statements that end a publish which this run, or a newer one, has done.
   *
   * @param within whether another window of the same table is no business of this one
   */
  static List<String> guards(MartLedger ledger, MartLedger.Row row, boolean within) {
    return List.of(
        guard(Guard.ALREADY_PUBLISHED, ledger.exists(row.run(), row.target())),
        guard(Guard.SUPERSEDED, ledger.newer(row, within)));
  }

  /** The script, one statement per paragraph. */
  String sql() {
    var statements = new ArrayList<String>();
    statements.add("BEGIN TRANSACTION;");
    statements.addAll(
        guards(ledger, row, table.materialization() instanceof Materialization.Partitions));
    statements.add(
        guard(
            Guard.CANDIDATE_CHANGED,
            "(SELECT COUNT(*) FROM %s) != %d".formatted(candidate.sql(), row.rows())));
    var isBeside = !into.equals(table.id());
    if (isBeside) {
      statements.add(
          guard(
              Guard.NOT_EMPTY,
              "EXISTS (SELECT 1 FROM %s%s)".formatted(into.sql(), where(" ", state))));
    }
    from.ifPresent(target -> statements.add(takeAlong(target)));
    switch (table.materialization()) {
      case Materialization.Full _ -> {
        if (!isBeside) {
          statements.add("TRUNCATE TABLE %s;".formatted(into.sql()));
        }
        statements.add(insert("") + ";");
      }
      case Materialization.Partitions _ -> {
        statements.add(guardWindow());
        statements.add("DELETE FROM %s\nWHERE %s;".formatted(into.sql(), bounds().within("")));
        statements.add(insert("") + ";");
      }
      case Materialization.Merge merge -> {
        statements.add(delete(merge));
        statements.add(insert(newest(merge, columns(names()), candidate)) + ";");
      }
      case Materialization.View _, Materialization.MaterializedView _ ->
          throw new IllegalStateException("a view has no rows to publish");
    }
    statements.add(ledger.insert(row));
    statements.add("COMMIT TRANSACTION;");
    return String.join("\n\n", statements);
  }

  private static String guard(Guard guard, String condition) {
    return "SELECT IF(%s,\n  ERROR(%s), 0);".formatted(condition, Sql.string(guard.text));
  }

  private String guardWindow() {
    return "SELECT IF(n > 0,\n  ERROR(CONCAT(%s, CAST(n AS STRING))), 0)\nFROM (SELECT COUNTIF(%s) AS n FROM %s);"
        .formatted(Sql.string(Guard.OUTSIDE.text + ": "), bounds().outside(""), candidate.sql());
  }

  private WindowSql bounds() {
    var by = ((Materialization.Partitions) table.materialization()).partitioning();
    return WindowSql.of(table.path(), by, fields(), window);
  }

  private List<TableFieldSchema> fields() {
    return ColumnTypes.fields(state.getSchema());
  }

  private List<String> names() {
    return fields().stream().map(TableFieldSchema::getName).toList();
  }

  /** Columns that the target has stay as they are; those of another type are cast. */
  private String takeAlong(Table target) {
    var has = new TreeMap<String, TableFieldSchema>(String.CASE_INSENSITIVE_ORDER);
    ColumnTypes.fields(target.getSchema()).forEach(field -> has.put(field.getName(), field));
    var kept = fields().stream().filter(field -> has.containsKey(field.getName())).toList();
    var values =
        kept.stream()
            .map(field -> cast(field, ColumnTypes.text(has.get(field.getName()))))
            .collect(Collectors.joining(", "));
    return "INSERT INTO %s (%s)\nSELECT %s\nFROM %s%s;"
        .formatted(
            into.sql(),
            columns(kept.stream().map(TableFieldSchema::getName).toList()),
            values,
            table.id().sql(),
            where("\n", target));
  }

  /** Only for a table that demands a filter. */
  private static String where(String before, Table table) {
    return Partitioned.everyRow(table, "").map(every -> before + "WHERE " + every).orElse("");
  }

  private static String cast(TableFieldSchema field, String from) {
    var name = Sql.identifier(field.getName());
    var to = ColumnTypes.text(field);
    return ColumnTypes.same(from, to)
        ? name
        : "CAST(%s AS %s)".formatted(name, ColumnTypes.unbounded(to));
  }

  /** Pruned where it is declared only: a row whose partition value moved would stay behind. */
  private String delete(Materialization.Merge merge) {
    return "DELETE FROM %s AS naru_old\nWHERE %sEXISTS (SELECT 1 FROM %s AS naru_new WHERE %s);"
        .formatted(
            into.sql(),
            touched
                .map(it -> it.holds("naru_old."))
                .or(() -> Partitioned.everyRow(state, "naru_old."))
                .map(some -> some + "\n  AND ")
                .orElse(""),
            candidate.sql(),
            sameKey(merge, fields()));
  }

  /**
   * NULL equals NULL. An equality of one expression per side is what BigQuery can turn into a hash
   * join, so a column that may be NULL is compared by its JSON text.
   */
  static String sameKey(Materialization.Merge merge, List<TableFieldSchema> fields) {
    return merge.key().stream()
        .map(
            name -> {
              var required =
                  fields.stream()
                      .anyMatch(
                          field ->
                              field.getName().equalsIgnoreCase(name)
                                  && "REQUIRED".equals(field.getMode()));
              var form = required ? "%s" : "TO_JSON_STRING(%s)";
              return form.formatted("naru_new." + Sql.identifier(name))
                  + " = "
                  + form.formatted("naru_old." + Sql.identifier(name));
            })
        .collect(Collectors.joining(" AND "));
  }

  /** One row per key, the newest, and always the same one. */
  static String newest(Materialization.Merge merge, String columns, TableId candidate) {
    var key =
        merge.key().stream()
            .map(name -> "TO_JSON_STRING(naru_new.%s)".formatted(Sql.identifier(name)))
            .collect(Collectors.joining(", "));
    return "SELECT %s\nFROM %s AS naru_new\nWHERE TRUE\nQUALIFY ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %sTO_JSON_STRING(naru_new)) = 1"
        .formatted(
            columns,
            candidate.sql(),
            key,
            merge.orderBy().isEmpty()
                ? ""
                : CheckSql.newestFirst(merge.orderBy(), "naru_new.") + ", ");
  }

  private String insert(String select) {
    var names = columns(names());
    return "INSERT INTO %s (%s)\n%s"
        .formatted(
            into.sql(),
            names,
            select.isEmpty() ? "SELECT %s\nFROM %s".formatted(names, candidate.sql()) : select);
  }

  private static String columns(List<String> names) {
    return names.stream().map(Sql::identifier).collect(Collectors.joining(", "));
  }
}
