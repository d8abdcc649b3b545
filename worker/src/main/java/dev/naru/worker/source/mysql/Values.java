package dev.naru.worker.source.mysql;

import dev.naru.worker.avro.RowWriter;
import dev.naru.worker.source.ChunkReceipt.Conversion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Turns values of a result set into Avro bytes. Used by one thread for one chunk. */
final class Values {

  private final Kind[] kinds;
  private final int[] precisions;
  private final int[] scales;
  private final List<MySqlColumn> columns;
  private final List<Map<Change, Long>> changes;

  Values(List<MySqlColumn> columns) {
    var count = columns.size();
    this.columns = columns;
    this.kinds = new Kind[count];
    this.precisions = new int[count];
    this.scales = new int[count];
    this.changes = new ArrayList<>(count);
    for (var i = 0; i < count; i++) {
      kinds[i] = columns.get(i).kind();
      precisions[i] = columns.get(i).field().precision();
      scales[i] = columns.get(i).field().scale();
      changes.add(new EnumMap<>(Change.class));
    }
  }

  /** What happens to values that BigQuery cannot hold. Each one is counted per column. */
  enum Change {
    IMPOSSIBLE_DATE("a zero or impossible date became NULL"),
    NOT_BOOLEAN("a TINYINT(1) beyond 0 and 1 became TRUE");

    private final String text;

    Change(String text) {
      this.text = text;
    }
  }

  /** Writes the current row of the result, without ending it. */
  void row(ResultSet result, RowWriter rows) throws SQLException {
    for (var i = 0; i < kinds.length; i++) {
      value(i, result, rows);
    }
  }

  /** What was changed so far. */
  List<Conversion> conversions() {
    var all = new ArrayList<Conversion>();
    for (var i = 0; i < changes.size(); i++) {
      var name = columns.get(i).name();
      changes.get(i).forEach((change, n) -> all.add(new Conversion(name, change.text, n)));
    }
    return all;
  }

  private void value(int i, ResultSet result, RowWriter rows) throws SQLException {
    switch (kinds[i]) {
      case INTEGER -> integer(result.getLong(i + 1), result, rows);
      case BOOL -> bool(i, result.getLong(i + 1), result, rows);
      case FLOAT -> real(result.getFloat(i + 1), result, rows);
      case DOUBLE -> real(result.getDouble(i + 1), result, rows);
      case TEXT, BYTES -> bytes(result.getBytes(i + 1), rows);
      case BITS -> bits(result.getBytes(i + 1), rows);
      case DECIMAL -> decimal(i, result.getString(i + 1), rows);
      case UNSIGNED -> unsigned(result.getString(i + 1), rows);
      case DATE -> date(i, result, rows);
      case DATETIME -> datetime(i, result, rows);
      case DURATION -> duration(result.getObject(i + 1, Duration.class), rows);
    }
  }

  private static void integer(long value, ResultSet result, RowWriter rows) throws SQLException {
    if (value == 0 && result.wasNull()) {
      rows.absent();
    } else {
      rows.present();
      rows.writeLong(value);
    }
  }

  private void bool(int i, long value, ResultSet result, RowWriter rows) throws SQLException {
    if (value == 0 && result.wasNull()) {
      rows.absent();
      return;
    }
    if (value != 0 && value != 1) {
      count(i, Change.NOT_BOOLEAN);
    }
    rows.present();
    rows.writeBoolean(value != 0);
  }

  private static void real(double value, ResultSet result, RowWriter rows) throws SQLException {
    if (value == 0 && result.wasNull()) {
      rows.absent();
    } else {
      rows.present();
      rows.writeDouble(value);
    }
  }

  private static void bytes(byte[] value, RowWriter rows) {
    if (value == null) {
      rows.absent();
    } else {
      rows.present();
      rows.writeBytes(value, 0, value.length);
    }
  }

  private static void bits(byte[] value, RowWriter rows) {
    if (value == null) {
      rows.absent();
    } else {
      rows.present();
      rows.writeLong(new BigInteger(1, value).longValueExact());
    }
  }

  private void decimal(int i, String text, RowWriter rows) {
    if (text == null) {
      rows.absent();
      return;
    }
    rows.present();
    if (precisions[i] <= 18) {
      rows.writeDecimal(unscaled(text, scales[i]));
    } else {
      var encoded = new BigDecimal(text).setScale(scales[i]).unscaledValue().toByteArray();
      rows.writeBytes(encoded, 0, encoded.length);
    }
  }

  /** The digits of a decimal, whose scale the server always writes out in full. */
  static long unscaled(String text, int scale) {
    var value = 0L;
    var decimals = 0;
    var point = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '.') {
        point = true;
      } else if (c != '-') {
        value = value * 10 + (c - '0');
        decimals += point ? 1 : 0;
      }
    }
    for (; decimals < scale; decimals++) {
      value *= 10;
    }
    return text.charAt(0) == '-' ? -value : value;
  }

  private static void unsigned(String text, RowWriter rows) {
    if (text == null) {
      rows.absent();
      return;
    }
    rows.present();
    var value = Long.parseUnsignedLong(text);
    if (value >= 0) {
      rows.writeDecimal(value);
    } else {
      var encoded = new BigInteger(text).toByteArray();
      rows.writeBytes(encoded, 0, encoded.length);
    }
  }

  private void date(int i, ResultSet result, RowWriter rows) throws SQLException {
    var date = temporal(i, result, LocalDate.class);
    if (date == null) {
      rows.absent();
    } else {
      rows.present();
      rows.writeLong(date.toEpochDay());
    }
  }

  private void datetime(int i, ResultSet result, RowWriter rows) throws SQLException {
    var time = temporal(i, result, LocalDateTime.class);
    if (time == null) {
      rows.absent();
    } else {
      rows.present();
      rows.writeLong(
          time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.get(ChronoField.MICRO_OF_SECOND));
    }
  }

  private static void duration(Duration value, RowWriter rows) {
    if (value == null) {
      rows.absent();
    } else {
      rows.present();
      rows.writeString(value.toString());
    }
  }

  /** The driver answers null for a zero date as for NULL, and fails on 2024-00-10. */
  private <T> T temporal(int i, ResultSet result, Class<T> type) throws SQLException {
    try {
      var value = result.getObject(i + 1, type);
      if (value == null && result.getString(i + 1) != null) {
        count(i, Change.IMPOSSIBLE_DATE);
      }
      return value;
    } catch (DateTimeException | SQLDataException _) {
      count(i, Change.IMPOSSIBLE_DATE);
      return null;
    }
  }

  private void count(int column, Change change) {
    changes.get(column).merge(change, 1L, Long::sum);
  }
}
