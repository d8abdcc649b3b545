package dev.naru.worker.source.mysql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Database;
import dev.naru.worker.source.Nearest;
import dev.naru.worker.source.SourceReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks tables up in {@code information_schema}. */
final class MySqlCatalog {

  private static final String LOOKUP = "looking the table up";

  private static final String TABLE =
      """
      SELECT table_type, coalesce(engine, ''), coalesce(table_rows, -1), coalesce(data_length, -1),
        coalesce(avg_row_length, 0)
      FROM information_schema.tables WHERE table_schema = ? AND table_name = ?
      """;

  private static final String COLUMNS =
      """
      SELECT column_name, data_type, column_type, coalesce(numeric_precision, 0),
        coalesce(numeric_scale, 0)
      FROM information_schema.columns WHERE table_schema = ? AND table_name = ?
      ORDER BY ordinal_position
      """;

  private static final String LONG_COLUMNS =
      """
      SELECT count(*) FROM information_schema.columns WHERE table_schema = ? AND table_name = ?
        AND (character_octet_length > 65535 OR data_type = 'json')
      """;

  private static final String PRIMARY_KEY =
      """
      SELECT column_name FROM information_schema.statistics
      WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index
      """;

  private static final String UNIQUE =
      """
      SELECT group_concat(column_name ORDER BY column_name) FROM information_schema.statistics
      WHERE table_schema = ? AND table_name = ? AND non_unique = 0 GROUP BY index_name
      """;

  // MariaDB's JSON is LONGTEXT with a check
  private static final String JSON_CHECKS =
      """
      SELECT check_clause FROM information_schema.check_constraints
      WHERE constraint_schema = ? AND table_name = ?
      """;

  private final MySqlSession session;
  private final Database database;
  private final String username;

  MySqlCatalog(MySqlSession session, Database database, String username) {
    this.session = session;
    this.database = database;
    this.username = username;
  }

  /** The table, or a refusal that says what to do. */
  MySqlTable table(String schema, String name) {
    checkAllowed(schema);
    var found = session.rows(LOOKUP, TABLE, schema, name);
    if (found.isEmpty()) {
      throw unknown(schema, name);
    }
    var row = found.getFirst();
    var view = row.getFirst().contains("VIEW");
    return new MySqlTable(
        schema,
        name,
        view,
        row.get(1),
        columns(schema, name),
        names(PRIMARY_KEY, schema, name),
        view ? -1 : Long.parseLong(row.get(2)),
        view ? -1 : Long.parseLong(row.get(3)),
        Math.max(rowBytes(schema, name), Long.parseLong(row.get(4))));
  }

  /** Whether the server keeps these columns unique. */
  boolean isUnique(MySqlTable table, List<String> key) {
    var sorted = String.join(",", key.stream().sorted(String.CASE_INSENSITIVE_ORDER).toList());
    return names(UNIQUE, table.schema(), table.name()).stream().anyMatch(sorted::equalsIgnoreCase);
  }

  private long rowBytes(String schema, String name) {
    return names(LONG_COLUMNS, schema, name).getFirst().equals("0") ? 1 : MySqlTable.LONG_ROW_BYTES;
  }

  private List<MySqlColumn> columns(String schema, String name) {
    var json = session.isMariaDb() ? jsonColumns(schema, name) : Set.<String>of();
    var columns = new ArrayList<MySqlColumn>();
    for (var row : session.rows(LOOKUP, COLUMNS, schema, name)) {
      columns.add(
          MySqlColumn.of(
              row.getFirst(),
              row.get(1),
              row.get(2),
              Integer.parseInt(row.get(3)),
              Integer.parseInt(row.get(4)),
              json.contains(row.getFirst())));
    }
    return columns;
  }

  private Set<String> jsonColumns(String schema, String name) {
    var columns = new HashSet<String>();
    for (var clause : names(JSON_CHECKS, schema, name)) {
      if (clause.startsWith("json_valid(`") && clause.endsWith("`)")) {
        columns.add(clause.substring(12, clause.length() - 2).replace("``", "`"));
      }
    }
    return columns;
  }

  private void checkAllowed(String schema) {
    if (!database.allowedSchemas().isEmpty() && !database.allowedSchemas().contains(schema)) {
      throw new ActionNeededFailure(
          SourceReason.SCHEMA_NOT_ALLOWED,
          "spec.source.table.schema: Connection %s does not allow the schema '%s'; allowed: %s. Whoever owns the Connection can add it to spec.allow.schemas."
              .formatted(
                  database.connection(), schema, String.join(", ", database.allowedSchemas())));
    }
  }

  // What a user has no right on does not exist for it: both are named.
  private ActionNeededFailure unknown(String schema, String name) {
    var schemas = names("SELECT schema_name FROM information_schema.schemata");
    if (!schemas.contains(schema)) {
      return new ActionNeededFailure(
          SourceReason.SCHEMA_NOT_FOUND,
          "spec.source.table.schema: the user '%s' sees no database '%s'%s If it exists, run: GRANT SELECT ON %s.* TO '%s'@'%%';"
              .formatted(
                  username,
                  schema,
                  Nearest.hint(schema, schemas),
                  Sql.identifier(schema),
                  username));
    }
    var tables =
        names("SELECT table_name FROM information_schema.tables WHERE table_schema = ?", schema);
    return new ActionNeededFailure(
        isDenied(schema, name)
            ? SourceReason.SOURCE_ACCESS_DENIED
            : SourceReason.SOURCE_TABLE_NOT_FOUND,
        "spec.source.table.name: the user '%s' sees no table or view '%s' in '%s'%s If it exists, run: GRANT SELECT ON %s TO '%s'@'%%';"
            .formatted(
                username,
                name,
                schema,
                Nearest.hint(name, tables),
                Sql.table(schema, name),
                username));
  }

  /** The server says the same of tables that do not exist, unless the user may see the others. */
  private boolean isDenied(String schema, String name) {
    try {
      session.query("SELECT 1 FROM %s LIMIT 0".formatted(Sql.table(schema, name)));
      return false;
    } catch (java.sql.SQLException e) {
      return e.getErrorCode() == MySqlErrors.TABLE_DENIED;
    }
  }

  private List<String> names(String sql, String... parameters) {
    return session.rows(LOOKUP, sql, parameters).stream().map(List::getFirst).toList();
  }
}
