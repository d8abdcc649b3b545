package dev.naru.worker.source.postgresql;

import dev.naru.worker.avro.RowWriter;
import dev.naru.worker.source.ChunkReceipt.Conversion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Turns rows of {@code COPY … (FORMAT binary)} into Avro bytes: a count of fields (16 bits), then
 * for each a length (32 bits, −1 for NULL) and a value. Used by one thread for one chunk.
 */
final class RowDecoder {

  private static final long EPOCH_MICROS = 946_684_800_000_000L;
  private static final int EPOCH_DAYS = 10_957;
  private static final long MIN_MICROS = -62_135_596_800_000_000L;
  private static final long MAX_MICROS = 253_402_300_799_999_999L;
  private static final int MIN_DAY = -719_162;
  private static final int MAX_DAY = 2_932_896;
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int UUID_TEXT = 36;

  private final List<PgColumn> columns;
  private final Wire[] wires;
  private final boolean[] repeated;
  private final int[] precisions;
  private final int[] scales;
  private final List<Map<Change, Long>> changes;
  private final int cursor;
  private final byte[] uuid = new byte[UUID_TEXT];
  private long nullCursors;

  /**
   * A decoder of rows with these columns.
   *
   * @param cursor index of the cursor's column, −1 when there is none
   */
  RowDecoder(List<PgColumn> columns, int cursor) {
    var count = columns.size();
    this.columns = columns;
    this.cursor = cursor;
    this.wires = new Wire[count];
    this.repeated = new boolean[count];
    this.precisions = new int[count];
    this.scales = new int[count];
    this.changes = new ArrayList<>(count);
    for (var i = 0; i < count; i++) {
      var column = columns.get(i);
      wires[i] = column.wire();
      repeated[i] = column.field().isRepeated();
      precisions[i] = column.field().precision();
      scales[i] = column.field().scale();
      changes.add(new EnumMap<>(Change.class));
    }
  }

  /** Decodes the row that begins at a position, without ending it. */
  void row(byte[] bytes, int start, RowWriter rows) {
    var at = start + 2;
    for (var i = 0; i < wires.length; i++) {
      var length = Wires.int32(bytes, at);
      at += 4;
      if (length < 0) {
        none(i, rows);
      } else {
        if (repeated[i]) {
          array(i, bytes, at, rows);
        } else if (!value(i, bytes, at, length, rows)) {
          rows.absent();
        }
        at += length;
      }
    }
  }

  /** What was changed so far. */
  List<Conversion> conversions() {
    var all = new ArrayList<Conversion>();
    for (var i = 0; i < changes.size(); i++) {
      var name = columns.get(i).name();
      changes.get(i).forEach((change, n) -> all.add(new Conversion(name, change.text(), n)));
    }
    return all;
  }

  long nullCursors() {
    return nullCursors;
  }

  private void none(int column, RowWriter rows) {
    if (repeated[column]) {
      count(column, Change.NULL_ARRAY);
    }
    if (column == cursor) {
      nullCursors++;
    }
    rows.absent();
  }

  /**
   * Dimensions, flags, element type (32 bits each), size and lower bound per dimension, elements.
   * An Avro array is written as blocks of one element each: the count 1 is the same byte as the
   * branch of a value, and the end the same as that of a NULL.
   */
  private void array(int column, byte[] bytes, int start, RowWriter rows) {
    var dimensions = Wires.int32(bytes, start);
    var at = start + 12;
    var elements = dimensions == 0 ? 0 : 1;
    for (var i = 0; i < dimensions; i++) {
      elements *= Wires.int32(bytes, at);
      at += 8;
    }
    if (dimensions > 1) {
      count(column, Change.FLATTENED);
    }
    for (var i = 0; i < elements; i++) {
      var length = Wires.int32(bytes, at);
      at += 4;
      if (length < 0) {
        count(column, Change.NULL_ELEMENT);
      } else {
        value(column, bytes, at, length, rows);
        at += length;
      }
    }
    rows.absent();
  }

  /** Writes branch and value; false when there is no value to write. */
  private boolean value(int column, byte[] bytes, int at, int length, RowWriter rows) {
    switch (wires[column]) {
      case BOOL -> {
        rows.present();
        rows.writeBoolean(bytes[at] != 0);
      }
      case INT2 -> integer(Wires.int16(bytes, at), rows);
      case INT4 -> integer(Wires.int32(bytes, at), rows);
      case INT8 -> integer(Wires.int64(bytes, at), rows);
      case OID -> integer(Integer.toUnsignedLong(Wires.int32(bytes, at)), rows);
      case FLOAT4 -> real(Float.intBitsToFloat(Wires.int32(bytes, at)), rows);
      case FLOAT8 -> real(Double.longBitsToDouble(Wires.int64(bytes, at)), rows);
      case TEXT, BYTEA -> text(bytes, at, length, rows);
      case PADDED_TEXT -> text(bytes, at, withoutPadding(bytes, at, length), rows);
      case JSONB -> text(bytes, at + 1, length - 1, rows);
      case UUID -> uuid(bytes, at, rows);
      case NUMERIC -> {
        return numeric(column, bytes, at, rows);
      }
      case DATE -> {
        return date(column, Wires.int32(bytes, at), rows);
      }
      case TIME -> {
        return time(column, Wires.int64(bytes, at), rows);
      }
      case TIMESTAMP -> {
        return timestamp(column, Wires.int64(bytes, at), rows);
      }
    }
    return true;
  }

  private static void integer(long value, RowWriter rows) {
    rows.present();
    rows.writeLong(value);
  }

  private static void real(double value, RowWriter rows) {
    rows.present();
    rows.writeDouble(value);
  }

  private static void text(byte[] bytes, int at, int length, RowWriter rows) {
    rows.present();
    rows.writeBytes(bytes, at, length);
  }

  private static int withoutPadding(byte[] bytes, int at, int length) {
    var end = length;
    while (end > 0 && bytes[at + end - 1] == ' ') {
      end--;
    }
    return end;
  }

  private void uuid(byte[] bytes, int at, RowWriter rows) {
    var to = 0;
    for (var i = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) {
        uuid[to++] = '-';
      }
      uuid[to++] = HEX[bytes[at + i] >> 4 & 0xF];
      uuid[to++] = HEX[bytes[at + i] & 0xF];
    }
    text(uuid, 0, UUID_TEXT, rows);
  }

  private boolean numeric(int column, byte[] bytes, int at, RowWriter rows) {
    return switch (NumericDecoder.decode(bytes, at, precisions[column], scales[column], rows)) {
      case WRITTEN -> true;
      case ROUNDED -> {
        count(column, Change.ROUNDED);
        yield true;
      }
      case NOT_A_NUMBER -> count(column, Change.NOT_A_NUMBER);
      case TOO_LARGE -> count(column, Change.TOO_LARGE);
    };
  }

  private boolean date(int column, int days, RowWriter rows) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return count(column, Change.INFINITY);
    }
    if (days + EPOCH_DAYS < MIN_DAY || days + EPOCH_DAYS > MAX_DAY) {
      return count(column, Change.OUT_OF_RANGE);
    }
    integer(days + EPOCH_DAYS, rows);
    return true;
  }

  private boolean time(int column, long micros, RowWriter rows) {
    if (micros == DAY_MICROS) {
      return count(column, Change.END_OF_DAY);
    }
    integer(micros, rows);
    return true;
  }

  private boolean timestamp(int column, long micros, RowWriter rows) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return count(column, Change.INFINITY);
    }
    var sinceEpoch = micros + EPOCH_MICROS;
    if (sinceEpoch < MIN_MICROS || sinceEpoch > MAX_MICROS) {
      return count(column, Change.OUT_OF_RANGE);
    }
    integer(sinceEpoch, rows);
    return true;
  }

  /** Counts a change; false, for the callers that then have no value. */
  private boolean count(int column, Change change) {
    changes.get(column).merge(change, 1L, Long::sum);
    return false;
  }
}
