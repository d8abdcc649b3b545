package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.TableFieldSchema;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.Partitioning;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A window as bounds on a partition column: plain literals, so that BigQuery reads and deletes
 * whole partitions. Pure.
 *
 * @param column in backticks
 * @param from inclusive, a literal of the column's type
 * @param to exclusive
 */
record WindowSql(String column, String from, String to) {

  private static final Set<String> TYPES = Set.of("DATE", "DATETIME", "TIMESTAMP");
  private static final DateTimeFormatter DATETIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  /** The bounds of a window on a partition column of a table with these fields. */
  static WindowSql of(String path, Partitioning by, List<TableFieldSchema> fields, Window window) {
    var field = partitionField(path, by, fields);
    var column = Sql.identifier(field.getName());
    return by.granularity() == Granularity.HOUR
        ? hours(column, field.getType(), window)
        : days(column, field.getType(), window);
  }

  private static WindowSql hours(String column, String type, Window window) {
    return type.equals("DATETIME")
        ? new WindowSql(
            column,
            datetime(window.start().atZone(window.zone()).toLocalDateTime()),
            datetime(window.end().atZone(window.zone()).toLocalDateTime()))
        : new WindowSql(column, Sql.timestamp(window.start()), Sql.timestamp(window.end()));
  }

  /** Whole days, as the parameters of the query have them. */
  private static WindowSql days(String column, String type, Window window) {
    var from = window.firstDay();
    var to = window.endDay();
    return switch (type) {
      case "DATE" -> new WindowSql(column, date(from), date(to));
      case "DATETIME" ->
          new WindowSql(column, datetime(from.atStartOfDay()), datetime(to.atStartOfDay()));
      default ->
          new WindowSql(column, Sql.timestamp(window.begin(from)), Sql.timestamp(window.begin(to)));
    };
  }

  /** The field that a table is partitioned by, when it can be. */
  static TableFieldSchema partitionField(
      String path, Partitioning by, List<TableFieldSchema> fields) {
    var column = partitionColumn(path, by, ColumnTypes.columns(fields));
    return fields.stream()
        .filter(field -> field.getName().equals(column.name()))
        .findFirst()
        .orElseThrow();
  }

  /** As above, of columns. */
  static MartWarehouse.Column partitionColumn(
      String path, Partitioning by, List<MartWarehouse.Column> columns) {
    var column =
        columns.stream()
            .filter(candidate -> candidate.name().equalsIgnoreCase(by.column()))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "%s: partitionBy.column is '%s', which the SQL does not answer. It answers: %s."
                            .formatted(
                                path,
                                by.column(),
                                columns.stream()
                                    .map(MartWarehouse.Column::name)
                                    .collect(Collectors.joining(", ")))));
    if (!TYPES.contains(ColumnTypes.unbounded(column.type()))) {
      throw refused(
          "%s: partitionBy.column '%s' is %s in the SQL's result; a table can be partitioned by a DATE, DATETIME or TIMESTAMP."
              .formatted(path, column.name(), column.type()));
    }
    if (column.type().equals("DATE") && by.granularity() == Granularity.HOUR) {
      throw refused(
          "%s: partitionBy.granularity is Hour, but the column '%s' is a DATE, which has no hours. Use Day, or a DATETIME or TIMESTAMP column."
              .formatted(path, column.name()));
    }
    return column;
  }

  private static ActionNeededFailure refused(String message) {
    return new ActionNeededFailure(WarehouseReason.INVALID_QUERY, message);
  }

  /** True for rows within; alias as in {@code t.}, or empty. */
  String within(String alias) {
    return "%s%s >= %s AND %s%s < %s".formatted(alias, column, from, alias, column, to);
  }

  /** True for all other rows, also for those of no partition. */
  String outside(String alias) {
    return "(%s%s < %s OR %s%s >= %s OR %s%s IS NULL)"
        .formatted(alias, column, from, alias, column, to, alias, column);
  }

  private static String date(LocalDate day) {
    return "DATE '" + day + "'";
  }

  private static String datetime(LocalDateTime at) {
    return "DATETIME '" + DATETIME.format(at) + "'";
  }
}
