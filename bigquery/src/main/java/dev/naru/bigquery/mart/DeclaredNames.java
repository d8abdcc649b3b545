package dev.naru.bigquery.mart;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a manifest names of a table must be among the columns that its SQL answers. Pure. */
public final class DeclaredNames {

  private DeclaredNames() {}

  /**
   * Refuses a name that is no column.
   *
   * @param columns that the SQL answers
   * @throws dev.naru.bigquery.ActionNeededFailure that names it, the field that has it, and the
   *     columns
   */
  public static void check(MartTable table, List<MartWarehouse.Column> columns) {
    Partitioned.by(table.materialization())
        .ifPresent(by -> WindowSql.partitionColumn(table.path(), by, columns));
    var names = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
    columns.forEach(column -> names.add(column.name()));
    if (table.materialization() instanceof Materialization.Merge merge) {
      Shape.require(table, "key", merge.key(), names);
      Shape.require(table, "orderBy", merge.orderBy(), names);
    }
    Shape.require(table, "clusterBy", table.clusterBy(), names);
    var paths = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
    columns.forEach(column -> paths(column.name(), column.type(), paths));
    Shape.require(
        table, "columns", table.columns().stream().map(MartTable.ColumnSpec::name).toList(), paths);
  }

  /** A column, and the fields of a STRUCT by their paths. */
  private static void paths(String path, String type, Set<String> paths) {
    paths.add(path);
    var one = type.startsWith("ARRAY<") ? type.substring(6, type.length() - 1) : type;
    if (one.startsWith("STRUCT<")) {
      for (var field : fields(one.substring(7, one.length() - 1))) {
        var space = field.startsWith("`") ? field.indexOf('`', 1) + 1 : field.indexOf(' ');
        if (space > 0 && space < field.length()) {
          var name = field.substring(0, space).replace("`", "");
          paths(path + "." + name, field.substring(space).strip(), paths);
        }
      }
    }
  }

  private static List<String> fields(String inner) {
    var fields = new ArrayList<String>();
    var depth = 0;
    var from = 0;
    for (var i = 0; i < inner.length(); i++) {
      switch (inner.charAt(i)) {
        case '<', '(' -> depth++;
        case '>', ')' -> depth--;
        case ',' -> {
          if (depth == 0) {
            fields.add(inner.substring(from, i).strip());
            from = i + 1;
          }
        }
        default -> {}
      }
    }
    fields.add(inner.substring(from).strip());
    return fields;
  }
}
