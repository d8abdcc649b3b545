package dev.naru.sql.analyzer;

import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SimpleColumn;
import com.google.zetasql.SimpleTable;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.ZetaSQLType.TypeKind;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of one statement as ZetaSQL looks for them: under the path that was written. */
final class Catalogs {

  private static final Type TIMESTAMP = TypeFactory.createSimpleType(TypeKind.TYPE_TIMESTAMP);
  private static final Type DATE = TypeFactory.createSimpleType(TypeKind.TYPE_DATE);
  private static final Type STRING = TypeFactory.createSimpleType(TypeKind.TYPE_STRING);

  private final SimpleCatalog root = GoogleSql.catalog("root");
  private final Map<List<String>, SimpleCatalog> folders = new HashMap<>();

  private Catalogs() {}

  /**
   * A catalog of these tables.
   *
   * @param tables without two that differ in upper and lower case alone: ZetaSQL cannot tell them
   *     apart
   * @param statement tells which tables may be named without their project or dataset
   */
  static SimpleCatalog of(Iterable<TableSchema> tables, Statement statement) {
    var catalogs = new Catalogs();
    for (var table : tables) {
      catalogs.add(table, statement);
    }
    return catalogs.root;
  }

  private void add(TableSchema schema, Statement statement) {
    var table = table(schema);
    var name = schema.name();
    var path = new ArrayList<>(Arrays.asList(name.table().split("\\.", -1)));
    var here = name.project().equals(statement.project());
    if (here && statement.dataset().filter(name.dataset()::equals).isPresent()) {
      put(path, table);
    }
    path.addFirst(name.dataset());
    if (here) {
      put(path, table);
    }
    path.addFirst(name.project());
    put(path, table);
  }

  private void put(List<String> path, SimpleTable table) {
    folder(path.subList(0, path.size() - 1)).addSimpleTable(path.getLast(), table);
  }

  private SimpleCatalog folder(List<String> path) {
    if (path.isEmpty()) {
      return root;
    }
    // ZetaSQL finds names whatever their case, and takes none twice
    var key = path.stream().map(it -> it.toLowerCase(Locale.ROOT)).toList();
    var known = folders.get(key);
    if (known != null) {
      return known;
    }
    var parent = folder(path.subList(0, path.size() - 1));
    var folder = parent.addNewSimpleCatalog(path.getLast());
    folders.put(key, folder);
    return folder;
  }

  private static SimpleTable table(TableSchema schema) {
    var name = schema.name();
    var table = new SimpleTable(name.table());
    table.setFullName(name.toString());
    for (var column : schema.columns()) {
      table.addSimpleColumn(column.name(), GoogleSql.type(column.type()));
    }
    if (schema.partitionedByIngestion()) {
      pseudo(table, name, "_PARTITIONTIME", TIMESTAMP);
      pseudo(table, name, "_PARTITIONDATE", DATE);
    }
    if (name.wildcard()) {
      pseudo(table, name, "_TABLE_SUFFIX", STRING);
    }
    return table;
  }

  private static void pseudo(SimpleTable table, TableName name, String column, Type type) {
    table.addSimpleColumn(new SimpleColumn(name.table(), column, type, true, false));
  }
}
