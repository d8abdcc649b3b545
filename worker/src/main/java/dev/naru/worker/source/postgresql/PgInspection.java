package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.RunFile;
import dev.naru.worker.source.CursorType;
import dev.naru.worker.source.Filter;
import dev.naru.worker.source.Selection;
import dev.naru.worker.source.SourceReason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PSQLException;

/** Checks what a job says against what the table is. */
final class PgInspection {

  /** Tables up to this size are read without an index on the cursor. */
  private static final long SMALL_ROWS = 1_000_000;

  private static final long SMALL_BYTES = 256L << 20;

  private final PgSession session;
  private final PgCatalog catalog;
  private final RunFile run;
  private final String username;
  private final List<String> warnings = new ArrayList<>();

  PgInspection(PgSession session, PgCatalog catalog, RunFile run, String username) {
    this.session = session;
    this.catalog = catalog;
    this.run = run;
    this.username = username;
  }

  /** The columns to read; refuses what cannot work. */
  List<PgColumn> check(PgTable table) {
    var selection = Selection.of(run, table.title(), table.columnNames());
    checkReadable(table, selection);
    selection.checkSupported();
    var columns =
        table.columns().stream()
            .filter(column -> selection.contains(column.name()))
            .map(column -> PgTypes.column(column.name(), column.type()))
            .toList();
    run.load().cursor().ifPresent(cursor -> checkCursor(table, columns, cursor.column()));
    run.table().filter().ifPresent(filter -> checkFilter(table, filter));
    warn(table);
    return columns;
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private void checkReadable(PgTable table, Selection selection) {
    var denied =
        table.columns().stream()
            .filter(column -> selection.contains(column.name()) && !column.readable())
            .map(PgTable.TableColumn::name)
            .toList();
    if (!denied.isEmpty()) {
      throw new ActionNeededFailure(
          SourceReason.SOURCE_ACCESS_DENIED,
          "The user '%s' may not read column(s) %s of %s. Leave them out with spec.source.columns.exclude, or run: GRANT SELECT (%s) ON %s TO %s;"
              .formatted(
                  username,
                  String.join(", ", denied),
                  table.title(),
                  String.join(", ", denied.stream().map(Sql::identifier).toList()),
                  table.sql(),
                  Sql.identifier(username)));
    }
  }

  private void checkCursor(PgTable table, List<PgColumn> columns, String cursor) {
    var field =
        columns.stream().filter(c -> c.name().equals(cursor)).findFirst().orElseThrow().field();
    if (field.isRepeated() || CursorType.of(field.column().type()).isEmpty()) {
      throw new ActionNeededFailure(
          SourceReason.CURSOR_UNSUPPORTED,
          "spec.load.incremental.cursor.column: '%s' is of a type that gives changes no order; allowed are timestamptz, timestamp, date and integers."
              .formatted(cursor));
    }
    var large = table.rows() > SMALL_ROWS || table.bytes() > SMALL_BYTES;
    if (large && table.kind() != 'v' && table.kind() != 'f' && !catalog.isIndexed(table, cursor)) {
      throw new ActionNeededFailure(
          SourceReason.CURSOR_NOT_INDEXED,
          "Every incremental run would read all of %s (about %,d rows), because no index finds rows by '%s'. Run: CREATE INDEX CONCURRENTLY ON %s (%s); or use load.mode Full."
              .formatted(table.title(), table.rows(), cursor, table.sql(), Sql.identifier(cursor)));
    }
  }

  private void checkFilter(PgTable table, String filter) {
    Filter.checkPostgresql(filter);
    var before = "EXPLAIN SELECT 1 FROM %s WHERE (".formatted(table.sql());
    try {
      session.query(before + filter + ")");
    } catch (SQLException e) {
      var state = e.getSQLState() == null ? "" : e.getSQLState();
      if (!state.startsWith("42") && !state.startsWith("22")) {
        throw session.errors().running("checking the filter", e);
      }
      throw new ActionNeededFailure(
          SourceReason.FILTER_INVALID,
          "spec.source.filter%s: PostgreSQL answers: %s%s. The filter is one SQL predicate over the columns of %s."
              .formatted(
                  position(e, before.length()), session.errors().server(e), hint(e), table.title()),
          e);
    }
  }

  private static String position(SQLException e, int before) {
    if (e instanceof PSQLException p
        && p.getServerErrorMessage() != null
        && p.getServerErrorMessage().getPosition() > before) {
      return ", character %d".formatted(p.getServerErrorMessage().getPosition() - before);
    }
    return "";
  }

  private static String hint(SQLException e) {
    return e instanceof PSQLException p
            && p.getServerErrorMessage() != null
            && p.getServerErrorMessage().getHint() != null
        ? " (%s)".formatted(p.getServerErrorMessage().getHint().replaceFirst("\\.$", ""))
        : "";
  }

  private void warn(PgTable table) {
    var key = run.primaryKey();
    var isTable = table.kind() == 'r' || table.kind() == 'p';
    if (!key.isEmpty() && isTable && !catalog.isUnique(table, key)) {
      warnings.add(
          "spec.primaryKey: no unique index of %s is over exactly (%s); rows that share a key are merged into one."
              .formatted(table.title(), String.join(", ", key)));
    }
    if (table.filteredByPolicies()) {
      warnings.add(
          "Row security policies of %s apply to the user '%s': only the rows it may see are copied. To copy all, run: ALTER ROLE %s BYPASSRLS;"
              .formatted(table.title(), username, Sql.identifier(username)));
    }
  }
}
