package dev.naru.worker.source.postgresql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Names one row to a person, by its key. */
final class RowKey {

  private RowKey() {}

  /** The key of the row that begins at a position, e.g. {@code id=77}. */
  static String of(byte[] bytes, int start, List<PgColumn> columns, List<String> key) {
    var text = new ArrayList<String>();
    var at = start + 2;
    for (var column : columns) {
      var length = Wires.int32(bytes, at);
      at += 4;
      if (key.contains(column.name())) {
        text.add(column.name() + "=" + shown(column.wire(), bytes, at, length));
      }
      at += Math.max(0, length);
    }
    return text.isEmpty() ? "unknown (the table has no primary key)" : String.join(", ", text);
  }

  private static String shown(Wire wire, byte[] bytes, int at, int length) {
    return switch (wire) {
      case INT2 -> Integer.toString(Wires.int16(bytes, at));
      case INT4, DATE -> Integer.toString(Wires.int32(bytes, at));
      case INT8, TIME, TIMESTAMP -> Long.toString(Wires.int64(bytes, at));
      case OID -> Integer.toUnsignedString(Wires.int32(bytes, at));
      case TEXT, PADDED_TEXT -> new String(bytes, at, length, StandardCharsets.UTF_8);
      case BOOL, FLOAT4, FLOAT8, NUMERIC, UUID, BYTEA, JSONB ->
          HexFormat.of().formatHex(bytes, at, at + length);
    };
  }
}
