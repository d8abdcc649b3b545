package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import dev.naru.bigquery.Sql;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Types of columns as SQL writes them, from the API's fields. Pure. */
final class ColumnTypes {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern BOUNDS = Pattern.compile("\\(\\s*\\d+\\s*(,\\s*\\d+\\s*)?\\)");

  /** Words of GoogleSQL that are no name unless quoted. */
  private static final Set<String> RESERVED =
      Set.of(
          ("ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS"
                  + " CREATE CROSS CUBE CURRENT DEFAULT DEFINE DESC DISTINCT ELSE END ENUM ESCAPE"
                  + " EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM FULL GROUP"
                  + " GROUPING GROUPS HASH HAVING IF IGNORE IN INNER INTERSECT INTERVAL INTO IS"
                  + " JOIN LATERAL LEFT LIKE LIMIT LOOKUP MERGE NATURAL NEW NO NOT NULL NULLS OF ON"
                  + " OR ORDER OUTER OVER PARTITION PRECEDING PROTO QUALIFY RANGE RECURSIVE RESPECT"
                  + " RIGHT ROLLUP ROWS SELECT SET SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE"
                  + " UNBOUNDED UNION UNNEST USING WHEN WHERE WINDOW WITH WITHIN")
              .split(" "));

  private ColumnTypes() {}

  /** The columns of a schema; none when there is no schema. */
  static List<MartWarehouse.Column> columns(TableSchema schema) {
    return columns(fields(schema));
  }

  /** As above, of fields. */
  static List<MartWarehouse.Column> columns(List<TableFieldSchema> fields) {
    return fields.stream()
        .map(field -> new MartWarehouse.Column(field.getName(), text(field)))
        .toList();
  }

  /** The fields of a schema; none when there is no schema. */
  static List<TableFieldSchema> fields(TableSchema schema) {
    return schema == null || schema.getFields() == null ? List.of() : schema.getFields();
  }

  /** A field's type, e.g. {@code ARRAY<STRUCT<id INT64, `order` STRING>>}. */
  static String text(TableFieldSchema field) {
    var one = element(field);
    return "REPEATED".equals(field.getMode()) ? "ARRAY<" + one + ">" : one;
  }

  private static String element(TableFieldSchema field) {
    return switch (field.getType()) {
      case "INTEGER" -> "INT64";
      case "FLOAT" -> "FLOAT64";
      case "BOOLEAN" -> "BOOL";
      case "RECORD", "STRUCT" ->
          field.getFields().stream()
              .map(inner -> name(inner.getName()) + " " + text(inner))
              .collect(Collectors.joining(", ", "STRUCT<", ">"));
      case "RANGE" -> "RANGE<" + field.getRangeElementType().getType() + ">";
      default -> field.getType() + bounds(field);
    };
  }

  private static String bounds(TableFieldSchema field) {
    var first =
        Optional.ofNullable(field.getPrecision())
            .or(() -> Optional.ofNullable(field.getMaxLength()));
    var scale = Optional.ofNullable(field.getScale()).map(digits -> ", " + digits).orElse("");
    return first.map(number -> "(" + number + scale + ")").orElse("");
  }

  private static String name(String name) {
    return PLAIN.matcher(name).matches() && !RESERVED.contains(name.toUpperCase(Locale.ROOT))
        ? name
        : Sql.identifier(name);
  }

  /** The type without digits and lengths, as {@code CAST} wants it of a value. */
  static String unbounded(String type) {
    return BOUNDS.matcher(type).replaceAll("");
  }

  /** Whether values go from one type to the other as they are; digits and lengths aside. */
  static boolean same(String a, String b) {
    return normal(a).equals(normal(b));
  }

  private static String normal(String type) {
    return unbounded(type).replaceAll("[\\s`]", "").toUpperCase(Locale.ROOT);
  }

  /** Whether values of a type can be grouped and compared as they are. */
  static boolean isComparable(String type) {
    return !type.startsWith("ARRAY<")
        && !type.startsWith("STRUCT<")
        && !type.equals("JSON")
        && !type.equals("GEOGRAPHY");
  }
}
