package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ColumnType;
import dev.naru.worker.avro.Field;
import java.util.Optional;

/**
 * How types of PostgreSQL arrive in BigQuery. What has no binary form here is cast to text by the
 * server, so that nothing is refused for its type.
 */
final class PgTypes {

  /** Digits of BIGNUMERIC, for {@code numeric} without declared digits. */
  static final int WIDEST_PRECISION = 76;

  static final int WIDEST_SCALE = 38;

  private static final int TYPMOD_HEAD = 4;

  private PgTypes() {}

  /**
   * A type as the catalogue has it, domains already replaced by what they are made of.
   *
   * @param kind {@code typtype}: b base, e enum, c composite, r range, …
   * @param modifier {@code atttypmod}, −1 when there is none
   * @param element for arrays: the element's type
   */
  record PgType(String name, char kind, int modifier, Optional<PgType> element) {}

  static PgColumn column(String name, PgType type) {
    var quoted = Sql.identifier(name);
    if (type.element().isPresent()) {
      var element = scalar(name, quoted, type.element().get());
      var cast = element.expression().equals(quoted) ? quoted : quoted + "::text[]";
      var plain = element.wire() != Wire.JSONB ? cast : quoted;
      return new PgColumn(name, plain, element.wire(), element.field().repeated());
    }
    return scalar(name, quoted, type);
  }

  private static PgColumn scalar(String name, String quoted, PgType type) {
    if (type.kind() == 'e') {
      return new PgColumn(name, quoted, Wire.TEXT, Field.of(name, ColumnType.STRING));
    }
    return switch (type.name()) {
      case "bool" -> plain(name, quoted, Wire.BOOL, ColumnType.BOOL);
      case "int2" -> plain(name, quoted, Wire.INT2, ColumnType.INT64);
      case "int4" -> plain(name, quoted, Wire.INT4, ColumnType.INT64);
      case "int8" -> plain(name, quoted, Wire.INT8, ColumnType.INT64);
      case "oid" -> plain(name, quoted, Wire.OID, ColumnType.INT64);
      case "float4" -> plain(name, quoted, Wire.FLOAT4, ColumnType.FLOAT64);
      case "float8" -> plain(name, quoted, Wire.FLOAT8, ColumnType.FLOAT64);
      case "numeric" -> numeric(name, quoted, type.modifier());
      case "money" -> decimal(name, quoted + "::numeric", 38, 9);
      case "xid8" -> decimal(name, quoted + "::text::numeric", 20, 0);
      case "text", "varchar", "name", "citext" -> plain(name, quoted, Wire.TEXT, ColumnType.STRING);
      case "bpchar" -> plain(name, quoted, Wire.PADDED_TEXT, ColumnType.STRING);
      case "uuid" -> plain(name, quoted, Wire.UUID, ColumnType.STRING);
      case "bytea" -> plain(name, quoted, Wire.BYTEA, ColumnType.BYTES);
      case "json" -> plain(name, quoted, Wire.TEXT, ColumnType.JSON);
      case "jsonb" -> plain(name, quoted, Wire.JSONB, ColumnType.JSON);
      case "date" -> plain(name, quoted, Wire.DATE, ColumnType.DATE);
      case "time" -> plain(name, quoted, Wire.TIME, ColumnType.TIME);
      case "timestamp" -> plain(name, quoted, Wire.TIMESTAMP, ColumnType.DATETIME);
      case "timestamptz" -> plain(name, quoted, Wire.TIMESTAMP, ColumnType.TIMESTAMP);
      default -> plain(name, quoted + "::text", Wire.TEXT, ColumnType.STRING);
    };
  }

  private static PgColumn numeric(String name, String quoted, int modifier) {
    if (modifier < TYPMOD_HEAD) {
      return decimal(name, quoted, WIDEST_PRECISION, WIDEST_SCALE);
    }
    var bits = modifier - TYPMOD_HEAD;
    var precision = bits >> 16 & 0xFFFF;
    // 11 bits with a sign, since PostgreSQL 15
    var scale = ((bits & 0x7FF) ^ 1024) - 1024;
    var digits = scale < 0 ? precision - scale : Math.max(precision, scale);
    var afterPoint = Math.max(0, scale);
    return Field.isDecimal(digits, afterPoint)
        ? decimal(name, quoted, digits, afterPoint)
        : plain(name, quoted + "::text", Wire.TEXT, ColumnType.STRING);
  }

  private static PgColumn decimal(String name, String expression, int precision, int scale) {
    return new PgColumn(name, expression, Wire.NUMERIC, Field.decimal(name, precision, scale));
  }

  private static PgColumn plain(String name, String expression, Wire wire, ColumnType type) {
    return new PgColumn(name, expression, wire, Field.of(name, type));
  }
}
