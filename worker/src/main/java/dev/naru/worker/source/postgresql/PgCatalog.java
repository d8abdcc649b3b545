package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Database;
import dev.naru.worker.source.Nearest;
import dev.naru.worker.source.SourceReason;
import dev.naru.worker.source.postgresql.PgTable.TableColumn;
import dev.naru.worker.source.postgresql.PgTypes.PgType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks tables up in the system catalogue; cheap whatever the tables hold. */
final class PgCatalog {

  private static final String LOOKUP = "looking the table up";

  private static final String TABLE =
      """
      SELECT c.oid, c.relkind, c.reltuples::bigint, has_schema_privilege(n.oid, 'USAGE'),
        has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'),
        row_security_active(c.oid), current_setting('server_version_num')::int / 10000,
        CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) ELSE 0 END
          / current_setting('block_size')::bigint,
        CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(pg_table_size(t.relid)), 0) FROM pg_partition_tree(c.oid) t)
          WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) ELSE 0 END
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      """;

  // a domain is followed down to its base type; modifiers of the outermost one that has any count
  private static final String COLUMNS =
      """
      WITH RECURSIVE base AS (
        SELECT a.attnum, a.attname, a.atttypid AS typ, a.atttypmod AS typmod
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT b.attnum, b.attname, t.typbasetype, CASE WHEN b.typmod >= 0 THEN b.typmod ELSE t.typtypmod END
        FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ WHERE t.typtype = 'd')
      SELECT b.attname, t.typname, t.typtype, b.typmod, e.typname, e.typtype,
        has_column_privilege(?::oid, b.attnum, 'SELECT')
      FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
      LEFT JOIN pg_catalog.pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem
      ORDER BY b.attnum
      """;

  private static final String PRIMARY_KEY =
      """
      SELECT a.attname FROM pg_catalog.pg_index i
      CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = ?::oid AND i.indisprimary AND k.position <= i.indnkeyatts ORDER BY k.position
      """;

  private static final String LEADING_INDEX =
      """
      SELECT count(*) FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
      WHERE i.indrelid = ?::oid AND a.attname = ? AND i.indisvalid AND i.indpred IS NULL
        AND m.amname IN ('btree', 'brin')
      """;

  private static final String UNIQUE_INDEX =
      """
      SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = ?::oid AND i.indisunique
        AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text) FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
          = (SELECT array_agg(n ORDER BY n) FROM unnest(string_to_array(?, ',')) n)
      """;

  private final PgSession session;
  private final Database database;
  private final String username;

  PgCatalog(PgSession session, Database database, String username) {
    this.session = session;
    this.database = database;
    this.username = username;
  }

  /** The table, or a refusal that says what to do. */
  PgTable table(String schema, String name) {
    checkAllowed(schema);
    var found = session.rows(LOOKUP, TABLE, schema, name);
    if (found.isEmpty()) {
      throw unknown(schema, name);
    }
    var row = found.getFirst();
    if (row.get(3).equals("f") || row.get(4).equals("f")) {
      throw denied(schema, name, row.get(3).equals("t"));
    }
    var oid = row.getFirst();
    return new PgTable(
        Long.parseLong(oid),
        schema,
        name,
        row.get(1).charAt(0),
        columns(oid),
        session.rows(LOOKUP, PRIMARY_KEY, oid).stream().map(List::getFirst).toList(),
        Long.parseLong(row.get(7)),
        Long.parseLong(row.get(8)),
        Long.parseLong(row.get(2)),
        row.get(5).equals("t"),
        Integer.parseInt(row.get(6)));
  }

  /** Whether an index finds rows by this column. */
  boolean isIndexed(PgTable table, String column) {
    return !session
        .row(LOOKUP, LEADING_INDEX, Long.toString(table.oid()), column)
        .getFirst()
        .equals("0");
  }

  /** Whether the server keeps these columns unique. */
  boolean isUnique(PgTable table, List<String> key) {
    return !session
        .row(LOOKUP, UNIQUE_INDEX, Long.toString(table.oid()), String.join(",", key))
        .getFirst()
        .equals("0");
  }

  private List<TableColumn> columns(String oid) {
    var columns = new ArrayList<TableColumn>();
    for (var row : session.rows(LOOKUP, COLUMNS, oid, oid)) {
      var modifier = Integer.parseInt(row.get(3));
      var element =
          row.get(4) == null
              ? Optional.<PgType>empty()
              : Optional.of(type(row.get(4), row.get(5), modifier, Optional.empty()));
      columns.add(
          new TableColumn(
              row.getFirst(),
              type(row.get(1), row.get(2), modifier, element),
              row.get(6).equals("t")));
    }
    return columns;
  }

  private static PgType type(String name, String kind, int modifier, Optional<PgType> element) {
    return new PgType(name, kind.charAt(0), modifier, element);
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

  private ActionNeededFailure unknown(String schema, String name) {
    var schemas =
        names("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(toast|temp)'");
    if (!schemas.contains(schema)) {
      return new ActionNeededFailure(
          SourceReason.SCHEMA_NOT_FOUND,
          "spec.source.table.schema: the database '%s' has no schema '%s'%s"
              .formatted(database.database(), schema, Nearest.hint(schema, schemas)));
    }
    var tables =
        names(
            "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition",
            schema);
    return new ActionNeededFailure(
        SourceReason.SOURCE_TABLE_NOT_FOUND,
        "spec.source.table.name: the schema '%s' has no table or view '%s'%s"
            .formatted(schema, name, Nearest.hint(name, tables)));
  }

  private List<String> names(String sql, String... parameters) {
    return session.rows(LOOKUP, sql, parameters).stream().map(List::getFirst).toList();
  }

  private ActionNeededFailure denied(String schema, String name, boolean schemaGranted) {
    var user = Sql.identifier(username);
    var grant = "GRANT SELECT ON %s TO %s;".formatted(Sql.table(schema, name), user);
    return new ActionNeededFailure(
        SourceReason.SOURCE_ACCESS_DENIED,
        "The user '%s' may not read %s.%s. Run as its owner: %s%s"
            .formatted(
                username,
                schema,
                name,
                schemaGranted
                    ? ""
                    : "GRANT USAGE ON SCHEMA %s TO %s; ".formatted(Sql.identifier(schema), user),
                grant));
  }
}
