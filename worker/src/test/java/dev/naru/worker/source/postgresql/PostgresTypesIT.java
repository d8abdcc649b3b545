package dev.naru.worker.source.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.Column;
import dev.naru.bigquery.ColumnType;
import dev.naru.runfile.Database.Engine;
import dev.naru.worker.server.MemorySink;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.ChunkReceipt.Conversion;
import dev.naru.worker.source.ReadRequest;
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
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Values written to a real server come back from the files as what they were. */
class PostgresTypesIT {

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.postgresql();
    server.execute(
        "postgres",
        "CREATE DATABASE types",
        "DO $$ BEGIN CREATE ROLE naru_reader LOGIN PASSWORD '%s'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            .formatted(TestRun.PASSWORD));
  }

  /** Writes one row per text into a column of a type and reads it back. */
  private static Result roundTrip(String type, String... literals) {
    var rows = new ArrayList<String>();
    for (var i = 0; i < literals.length; i++) {
      rows.add("(%d, %s)".formatted(i, literals[i]));
    }
    server.execute(
        "types",
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (n int PRIMARY KEY, v %s)".formatted(type),
        "INSERT INTO t VALUES " + String.join(", ", rows),
        "GRANT SELECT ON t TO naru_reader");
    return read();
  }

  private static Result read() {
    var run = TestRun.of(server, Engine.POSTGRESQL, "types", "public", "t");
    var sink = new MemorySink();
    try (var source =
        new PostgresSource(run.file(), new PgConnector(run.source(), run.credentials(), "test"))) {
      var info = source.inspect();
      var plan = source.plan(ReadRequest.full());
      source.read(plan, plan.chunks(), sink);
      assertThat(source.count(plan)).isEqualTo(sink.rows());
      var conversions = sink.receipts().stream().flatMap(r -> r.conversions().stream()).toList();
      var sorted = new ArrayList<>(sink.records());
      sorted.sort(java.util.Comparator.comparing(r -> (Long) r.get("n")));
      return new Result(info.columns().get(1), sorted, conversions);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Result(Column column, List<GenericRecord> records, List<Conversion> conversions) {

    List<Object> values() {
      return records.stream().map(r -> r.get("v")).map(Result::plain).toList();
    }

    List<BigDecimal> decimals() {
      var schema = records.getFirst().getSchema().getField("v").schema().getTypes().get(1);
      var scale = ((LogicalTypes.Decimal) schema.getLogicalType()).getScale();
      return records.stream()
          .map(r -> (ByteBuffer) r.get("v"))
          .map(b -> b == null ? null : new BigDecimal(new BigInteger(bytes(b)), scale))
          .toList();
    }

    Schema schema() {
      return records.getFirst().getSchema().getField("v").schema();
    }

    private static Object plain(Object value) {
      return switch (value) {
        case null -> null;
        case Utf8 text -> text.toString();
        case ByteBuffer buffer -> bytes(buffer);
        case List<?> list -> list.stream().map(Result::plain).toList();
        default -> value;
      };
    }

    private static byte[] bytes(ByteBuffer buffer) {
      var bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
  }

  @Test
  void integersKeepTheirEnds() {
    assertThat(
            roundTrip("bigint", "-9223372036854775808", "9223372036854775807", "0", "NULL")
                .values())
        .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE, 0L, null);
    assertThat(roundTrip("int", "-2147483648", "2147483647").values())
        .containsExactly(-2147483648L, 2147483647L);
    assertThat(roundTrip("smallint", "-32768", "32767").values()).containsExactly(-32768L, 32767L);
    assertThat(roundTrip("oid", "4294967295").values()).containsExactly(4294967295L);
  }

  @Test
  void booleansAndFloats() {
    assertThat(roundTrip("bool", "true", "false", "NULL").values())
        .containsExactly(true, false, null);
    assertThat(roundTrip("float8", "'NaN'", "'Infinity'", "1e-300", "-0.1").values())
        .containsExactly(Double.NaN, Double.POSITIVE_INFINITY, 1e-300, -0.1);
    assertThat(roundTrip("float4", "0.5", "3.4e38").values())
        .containsExactly(0.5, (double) 3.4e38f);
  }

  @Test
  void declaredNumericIsExact() {
    var result =
        roundTrip("numeric(12,2)", "9999999999.99", "-9999999999.99", "0", "0.01", "-100", "NULL");
    assertThat(result.column().type()).isEqualTo(ColumnType.NUMERIC);
    assertThat(result.decimals())
        .containsExactly(
            new BigDecimal("9999999999.99"),
            new BigDecimal("-9999999999.99"),
            new BigDecimal("0.00"),
            new BigDecimal("0.01"),
            new BigDecimal("-100.00"),
            null);
    assertThat(result.conversions()).isEmpty();
  }

  @Test
  void wideNumericIsExactAndTooWideIsText() {
    var wide =
        roundTrip(
            "numeric(70,35)",
            "12345678901234567890123456789012345.12345678901234567890123456789012345");
    assertThat(wide.column().type()).isEqualTo(ColumnType.BIGNUMERIC);
    assertThat(wide.decimals())
        .containsExactly(
            new BigDecimal(
                "12345678901234567890123456789012345.12345678901234567890123456789012345"));
    var text = roundTrip("numeric(100,2)", "1e90");
    assertThat(text.column().type()).isEqualTo(ColumnType.STRING);
    assertThat(text.values()).containsExactly("1" + "0".repeat(90) + ".00");
  }

  @Test
  void undeclaredNumericIsRangeCheckedAndCounted() {
    var result =
        roundTrip(
            "numeric",
            "12.5",
            "'NaN'",
            "1e60",
            "1e-40",
            "-0.00000000000000000000000000000000000001",
            "1e37");
    assertThat(result.column().type()).isEqualTo(ColumnType.BIGNUMERIC);
    assertThat(result.decimals().get(0)).isEqualByComparingTo("12.5");
    assertThat(result.decimals().get(1)).isNull();
    assertThat(result.decimals().get(2)).isNull();
    assertThat(result.decimals().get(3)).isEqualByComparingTo("0");
    assertThat(result.decimals().get(4)).isEqualByComparingTo("-1e-38");
    assertThat(result.decimals().get(5)).isEqualByComparingTo("1e37");
    assertThat(result.conversions())
        .containsExactlyInAnyOrder(
            new Conversion("v", Change.NOT_A_NUMBER.text(), 1),
            new Conversion("v", Change.TOO_LARGE.text(), 1),
            new Conversion("v", Change.ROUNDED.text(), 1));
  }

  @Test
  void textsKeepTheirCharacters() {
    assertThat(roundTrip("text", "'나루 🚗'", "''", "E'a\\nb\\t\"c'").values())
        .containsExactly("나루 🚗", "", "a\nb\t\"c");
    assertThat(roundTrip("varchar(5)", "'ab   '").values()).containsExactly("ab   ");
    assertThat(roundTrip("char(5)", "'ab'", "'  x  '").values()).containsExactly("ab", "  x");
    assertThat(roundTrip("uuid", "'00112233-4455-6677-8899-aabbccddeeff'").values())
        .containsExactly("00112233-4455-6677-8899-aabbccddeeff");
    assertThat((byte[]) roundTrip("bytea", "'\\x00ff10'").values().getFirst())
        .containsExactly(0, 0xff, 0x10);
  }

  @Test
  void datesBeyondBigQueryAreCounted() {
    var result =
        roundTrip(
            "date",
            "'0001-01-01'",
            "'9999-12-31'",
            "'infinity'",
            "'0044-03-15 BC'",
            "'10000-01-01'");
    assertThat(result.values())
        .containsExactly(
            (int) LocalDate.of(1, 1, 1).toEpochDay(),
            (int) LocalDate.of(9999, 12, 31).toEpochDay(),
            null,
            null,
            null);
    assertThat(result.conversions())
        .containsExactlyInAnyOrder(
            new Conversion("v", Change.INFINITY.text(), 1),
            new Conversion("v", Change.OUT_OF_RANGE.text(), 2));
  }

  @Test
  void timestampsKeepMicrosecondsAndZones() {
    var result =
        roundTrip(
            "timestamptz",
            "'2026-11-23 08:15:00.123456+09'",
            "'-infinity'",
            "'9999-12-31 23:59:59.999999+00'",
            "'0001-01-01 00:00:00+00'");
    assertThat(result.values())
        .containsExactly(
            micros(Instant.parse("2026-11-22T23:15:00.123456Z")),
            null,
            micros(Instant.parse("9999-12-31T23:59:59.999999Z")),
            micros(Instant.parse("0001-01-01T00:00:00Z")));
    assertThat(result.conversions())
        .containsExactly(new Conversion("v", Change.INFINITY.text(), 1));
    var local = roundTrip("timestamp", "'2026-11-23 08:15:00.000001'");
    assertThat(local.column().type()).isEqualTo(ColumnType.DATETIME);
    assertThat(local.values())
        .containsExactly(
            micros(LocalDateTime.of(2026, 11, 23, 8, 15, 0, 1000).toInstant(ZoneOffset.UTC)));
    assertThat(local.schema().getTypes().get(1).getLogicalType().getName())
        .isEqualTo("local-timestamp-micros");
  }

  @Test
  void timesOfDay() {
    var result = roundTrip("time", "'23:59:59.999999'", "'24:00:00'", "'00:00'");
    assertThat(result.values())
        .containsExactly(LocalTime.of(23, 59, 59, 999_999_000).toNanoOfDay() / 1000, null, 0L);
    assertThat(result.conversions())
        .containsExactly(new Conversion("v", Change.END_OF_DAY.text(), 1));
    assertThat(roundTrip("timetz", "'08:15+09'").values()).containsExactly("08:15:00+09");
  }

  @Test
  void jsonStaysJson() {
    var json = roundTrip("json", "'{\"a\": 1, \"a\": 2}'");
    assertThat(json.column().type()).isEqualTo(ColumnType.JSON);
    assertThat(json.values()).containsExactly("{\"a\": 1, \"a\": 2}");
    assertThat(roundTrip("jsonb", "'[1, {\"b\": null}]'").values())
        .containsExactly("[1, {\"b\": null}]");
  }

  @Test
  void arraysBecomeRepeated() {
    var result = roundTrip("int[]", "'{1,2,3}'", "'{}'", "NULL", "'{1,NULL,3}'", "'{{1,2},{3,4}}'");
    assertThat(result.column().mode()).isEqualTo(Column.Mode.REPEATED);
    assertThat(result.values())
        .containsExactly(
            List.of(1L, 2L, 3L), List.of(), List.of(), List.of(1L, 3L), List.of(1L, 2L, 3L, 4L));
    assertThat(result.conversions())
        .containsExactlyInAnyOrder(
            new Conversion("v", Change.NULL_ARRAY.text(), 1),
            new Conversion("v", Change.NULL_ELEMENT.text(), 1),
            new Conversion("v", Change.FLATTENED.text(), 1));
    assertThat(roundTrip("text[]", "'{a,\"b c\"}'").values()).containsExactly(List.of("a", "b c"));
    assertThat(roundTrip("timestamptz[]", "'{2026-01-01 00:00+00,infinity}'").values())
        .containsExactly(List.of(micros(Instant.parse("2026-01-01T00:00:00Z"))));
    assertThat(roundTrip("inet[]", "'{10.0.0.1}'").values())
        .containsExactly(List.of("10.0.0.1/32"));
  }

  @Test
  void whatHasNoTypeInBigQueryIsText() {
    var texts =
        Map.of(
            "inet", List.of("'10.0.0.1'", "10.0.0.1/32"),
            "cidr", List.of("'10.0.0.0/8'", "10.0.0.0/8"),
            "macaddr", List.of("'08:00:2b:01:02:03'", "08:00:2b:01:02:03"),
            "interval", List.of("'1 day 2:03:04.5'", "P1DT2H3M4.5S"),
            "int4range", List.of("'[1,5)'", "[1,5)"),
            "bit(4)", List.of("B'1010'", "1010"),
            "point", List.of("'(1,2)'", "(1,2)"),
            "xml", List.of("'<a/>'", "<a/>"),
            "tsvector", List.of("'a b'", "'a' 'b'"));
    texts.forEach(
        (type, value) -> {
          var result = roundTrip(type, value.getFirst(), "NULL");
          assertThat(result.column().type()).as(type).isEqualTo(ColumnType.STRING);
          assertThat(result.values()).as(type).containsExactly(value.get(1), null);
        });
  }

  @Test
  void enumsDomainsAndComposites() {
    server.execute(
        "types",
        "DROP TABLE IF EXISTS t",
        "DROP TYPE IF EXISTS mood, pair; DROP DOMAIN IF EXISTS price, price0",
        "CREATE TYPE mood AS ENUM ('gut', 'so là là')",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE DOMAIN price0 AS numeric(10,2)",
        "CREATE DOMAIN price AS price0 CHECK (VALUE >= 0)");
    assertThat(roundTrip("mood", "'so là là'").values()).containsExactly("so là là");
    assertThat(roundTrip("pair", "ROW(1,'x')").values()).containsExactly("(1,x)");
    var domain = roundTrip("price", "12.30");
    assertThat(domain.column().type()).isEqualTo(ColumnType.NUMERIC);
    assertThat(domain.decimals()).containsExactly(new BigDecimal("12.30"));
    assertThat(roundTrip("mood[]", "'{gut}'").values()).containsExactly(List.of("gut"));
    var money = roundTrip("money", "'12.34'");
    assertThat(money.decimals().getFirst()).isEqualByComparingTo("12.34");
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
