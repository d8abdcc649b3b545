package dev.naru.bigquery.fake;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** Reads Avro files the way a load job with logical types does. */
final class AvroFiles {

  private AvroFiles() {}

  /** The rows of one file. */
  static List<Map<String, Object>> read(byte[] file) {
    var rows = new ArrayList<Map<String, Object>>();
    try (var reader =
        new DataFileReader<GenericRecord>(
            new SeekableByteArrayInput(file), new GenericDatumReader<>())) {
      for (var record : reader) {
        var row = new HashMap<String, Object>();
        for (var field : record.getSchema().getFields()) {
          row.put(FakeTable.key(field.name()), value(field.schema(), record.get(field.pos())));
        }
        rows.add(row);
      }
    } catch (IOException | RuntimeException e) {
      throw new ApiFailure(
          400,
          "invalid",
          "Error while reading data, error message: The Apache Avro library failed to parse the header with the following error: "
              + e.getMessage());
    }
    return rows;
  }

  private static Object value(Schema declared, Object value) {
    if (value == null) {
      return null;
    }
    var schema =
        declared.isUnion()
            ? declared.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow()
            : declared;
    return switch (value) {
      case Collection<?> list ->
          list.stream().map(element -> value(schema.getElementType(), element)).toList();
      case ByteBuffer bytes -> bytes(schema, bytes);
      case CharSequence text -> sqlText(schema, text.toString());
      case Integer number when schema.getLogicalType() instanceof LogicalTypes.Date ->
          LocalDate.ofEpochDay(number);
      case Integer number -> number.longValue();
      case Long number -> whole(schema, number);
      case Float number -> number.doubleValue();
      default -> value;
    };
  }

  private static Object bytes(Schema schema, ByteBuffer bytes) {
    var array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
        ? new BigDecimal(new BigInteger(array), decimal.getScale())
        : ByteBuffer.wrap(array);
  }

  private static Object sqlText(Schema schema, String text) {
    return "DATETIME".equals(schema.getProp("sqlType")) ? LocalDateTime.parse(text) : text;
  }

  private static Object whole(Schema schema, long number) {
    return switch (schema.getLogicalType()) {
      case null -> number;
      case LogicalTypes.TimestampMicros _ -> Instant.EPOCH.plus(number, ChronoUnit.MICROS);
      case LogicalTypes.TimeMicros _ -> LocalTime.ofNanoOfDay(number * 1000);
      case LogicalTypes.LocalTimestampMicros _ ->
          LocalDateTime.ofInstant(Instant.EPOCH.plus(number, ChronoUnit.MICROS), ZoneOffset.UTC);
      default -> throw new IllegalArgumentException("logical type of " + schema);
    };
  }
}
