package dev.naru.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Columns as BigQuery's API writes them, and back. */
final class Schemas {

  private Schemas() {}

  static TableSchema of(List<Column> columns) {
    // Google's clone() cannot copy the JDK's immutable lists
    return new TableSchema()
        .setFields(
            columns.stream().map(Schemas::field).collect(Collectors.toCollection(ArrayList::new)));
  }

  static TableFieldSchema field(Column column) {
    var field =
        new TableFieldSchema()
            .setName(column.name())
            .setType(column.type().name())
            .setMode(column.mode().name());
    column.description().ifPresent(field::setDescription);
    switch (column.type()) {
      case NUMERIC, BIGNUMERIC -> {
        column.precision().ifPresent(digits -> field.setPrecision(digits.longValue()));
        column.scale().ifPresent(digits -> field.setScale(digits.longValue()));
      }
      case STRING, BYTES ->
          column.precision().ifPresent(length -> field.setMaxLength(length.longValue()));
      case BOOL, INT64, FLOAT64, DATE, DATETIME, TIME, TIMESTAMP, JSON -> {}
    }
    return field;
  }

  /** A column, or empty for what Naru never makes: records, geography, ranges. */
  static Optional<Column> column(TableFieldSchema field) {
    return ColumnType.find(field.getType())
        .map(
            type ->
                new Column(
                    field.getName(),
                    type,
                    field.getMode() == null
                        ? Column.Mode.NULLABLE
                        : Column.Mode.valueOf(field.getMode()),
                    Optional.ofNullable(
                            field.getPrecision() == null
                                ? field.getMaxLength()
                                : field.getPrecision())
                        .map(Math::toIntExact),
                    Optional.ofNullable(field.getScale()).map(Math::toIntExact),
                    Optional.ofNullable(field.getDescription())));
  }
}
