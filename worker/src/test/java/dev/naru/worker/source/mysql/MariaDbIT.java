package dev.naru.worker.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.ColumnType;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.Database.Engine;
import dev.naru.worker.server.MemorySink;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.ChunkReceipt.Conversion;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.SourceReason;
import dev.naru.worker.source.TableInfo;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real MariaDB, read whole: types, chunks, snapshots, refusals. */
class MariaDbIT {

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.mariaDb();
    server.execute(
        "mysql",
        "CREATE DATABASE IF NOT EXISTS shop",
        "CREATE DATABASE IF NOT EXISTS secret",
        "CREATE TABLE IF NOT EXISTS secret.t (id int PRIMARY KEY)",
        "CREATE OR REPLACE USER naru_reader@'%' IDENTIFIED BY '" + TestRun.PASSWORD + "'",
        "GRANT SELECT ON shop.* TO naru_reader@'%'");
  }

  private static TestRun run(String table) {
    return TestRun.of(server, Engine.MYSQL, "shop", "shop", table);
  }

  private static MySqlSource source(TestRun run) {
    return new MySqlSource(run.file(), new MySqlConnector(run.source(), run.credentials()));
  }

  private record Read(TableInfo info, ReadPlan plan, MemorySink sink, long count) {

    List<Object> values(String column) {
      var sorted = new ArrayList<>(sink.records());
      sorted.sort(Comparator.comparing(r -> (Long) r.get("id")));
      return sorted.stream().map(r -> plain(r, column)).toList();
    }

    private static Object plain(GenericRecord record, String column) {
      return switch (record.get(column)) {
        case null -> null;
        case Utf8 text -> text.toString();
        case ByteBuffer buffer -> number(record, column, buffer);
        case Object other -> other;
      };
    }

    private static Object number(GenericRecord record, String column, ByteBuffer buffer) {
      var bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      var type = record.getSchema().getField(column).schema().getTypes().get(1).getLogicalType();
      return type instanceof LogicalTypes.Decimal decimal
          ? new BigDecimal(new BigInteger(bytes), decimal.getScale())
          : bytes;
    }

    List<Conversion> conversions() {
      return sink.receipts().stream().flatMap(r -> r.conversions().stream()).toList();
    }
  }

  private static Read read(TestRun run) throws InterruptedException {
    try (var source = source(run)) {
      var info = source.inspect();
      var plan = source.plan(ReadRequest.full());
      var sink = new MemorySink();
      source.read(plan, plan.chunks(), sink);
      return new Read(info, plan, sink, source.count(plan));
    }
  }

  private static Read roundTrip(String type, String... literals) throws InterruptedException {
    var rows = new ArrayList<String>();
    for (var i = 0; i < literals.length; i++) {
      rows.add("(%d, %s)".formatted(i, literals[i]));
    }
    server.execute(
        "shop",
        "SET sql_mode = ''",
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (id int PRIMARY KEY, v %s)".formatted(type));
    try (var connection = server.connect("shop");
        var statement = connection.createStatement()) {
      statement.execute("SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+09:00'");
      statement.execute("INSERT INTO t VALUES " + String.join(", ", rows));
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
    return read(run("t"));
  }

  @Test
  void integersKeepTheirEnds() throws Exception {
    assertThat(
            roundTrip("bigint", "-9223372036854775808", "9223372036854775807", "0", "NULL")
                .values("v"))
        .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE, 0L, null);
    assertThat(roundTrip("int unsigned", "4294967295").values("v")).containsExactly(4294967295L);
    assertThat(roundTrip("mediumint", "-8388608").values("v")).containsExactly(-8388608L);
    assertThat(roundTrip("smallint unsigned", "65535").values("v")).containsExactly(65535L);
    assertThat(roundTrip("tinyint", "-128").values("v")).containsExactly(-128L);
    assertThat(roundTrip("year", "2026", "0").values("v")).containsExactly(2026L, 0L);
    var unsigned =
        roundTrip("bigint unsigned", "18446744073709551615", "0", "9223372036854775807", "NULL");
    assertThat(unsigned.info().columns().get(1).type()).isEqualTo(ColumnType.NUMERIC);
    assertThat(unsigned.values("v"))
        .containsExactly(
            new BigDecimal("18446744073709551615"),
            BigDecimal.ZERO,
            new BigDecimal("9223372036854775807"),
            null);
  }

  @Test
  void booleansAndBits() throws Exception {
    var bool = roundTrip("tinyint(1)", "0", "1", "NULL", "7");
    assertThat(bool.values("v")).containsExactly(false, true, null, true);
    assertThat(bool.conversions())
        .containsExactly(new Conversion("v", "a TINYINT(1) beyond 0 and 1 became TRUE", 1));
    assertThat(roundTrip("bit(1)", "b'1'", "b'0'", "NULL").values("v"))
        .containsExactly(true, false, null);
    assertThat(roundTrip("bit(12)", "b'101010101010'", "NULL").values("v"))
        .containsExactly(0b101010101010L, null);
    assertThat((byte[]) roundTrip("bit(64)", "b'1'").values("v").getFirst()).hasSize(8).endsWith(1);
  }

  @Test
  void decimalsAndFloats() throws Exception {
    assertThat(roundTrip("decimal(12,2)", "9999999999.99", "-0.01", "0", "NULL", "-12").values("v"))
        .containsExactly(
            new BigDecimal("9999999999.99"),
            new BigDecimal("-0.01"),
            new BigDecimal("0.00"),
            null,
            new BigDecimal("-12.00"));
    assertThat(
            roundTrip(
                    "decimal(60,30)",
                    "123456789012345678901234567890.123456789012345678901234567891")
                .values("v"))
        .containsExactly(
            new BigDecimal("123456789012345678901234567890.123456789012345678901234567891"));
    assertThat(roundTrip("decimal(65,0)", "9".repeat(65)).values("v"))
        .containsExactly("9".repeat(65));
    assertThat(roundTrip("double", "-1.5e300", "0", "NULL").values("v"))
        .containsExactly(-1.5e300, 0.0, null);
    assertThat(roundTrip("float", "0.5", "NULL").values("v")).containsExactly(0.5, null);
  }

  @Test
  void textsAndBytes() throws Exception {
    assertThat(roundTrip("varchar(20) CHARACTER SET utf8mb4", "'나루 🚗'", "''", "NULL").values("v"))
        .containsExactly("나루 🚗", "", null);
    assertThat(roundTrip("varchar(20) CHARACTER SET latin1", "'Straße'").values("v"))
        .containsExactly("Straße");
    assertThat(roundTrip("enum('a','b c')", "'b c'", "NULL").values("v"))
        .containsExactly("b c", null);
    assertThat(roundTrip("set('a','b')", "'a,b'", "''").values("v")).containsExactly("a,b", "");
    assertThat((byte[]) roundTrip("varbinary(4)", "x'00ff'").values("v").getFirst())
        .containsExactly(0, 0xff);
    var json = roundTrip("json", "'{\"a\": [1]}'", "NULL");
    assertThat(json.info().columns().get(1).type()).isEqualTo(ColumnType.JSON);
    assertThat(json.values("v")).containsExactly("{\"a\": [1]}", null);
    assertThat(roundTrip("uuid", "'00112233-4455-6677-8899-aabbccddeeff'").values("v"))
        .containsExactly("00112233-4455-6677-8899-aabbccddeeff");
    assertThat(roundTrip("inet6", "'::1'").values("v")).containsExactly("::1");
    assertThat(roundTrip("point", "ST_GeomFromText('POINT(1 2)')").values("v"))
        .containsExactly("POINT(1 2)");
  }

  @Test
  void zeroAndImpossibleDatesAreCountedNotLost() throws Exception {
    var date =
        roundTrip("date", "'2024-02-29'", "'0000-00-00'", "'2024-00-10'", "NULL", "'9999-12-31'");
    assertThat(date.values("v"))
        .containsExactly(
            (int) LocalDate.of(2024, 2, 29).toEpochDay(),
            null,
            null,
            null,
            (int) LocalDate.of(9999, 12, 31).toEpochDay());
    assertThat(date.conversions())
        .containsExactly(new Conversion("v", "a zero or impossible date became NULL", 2));
    var datetime =
        roundTrip(
            "datetime(6)",
            "'2026-11-23 08:15:00.123456'",
            "'0000-00-00 00:00:00'",
            "NULL",
            "'2024-02-31 10:00:00'");
    assertThat(datetime.values("v"))
        .containsExactly(micros("2026-11-23T08:15:00.123456Z"), null, null, null);
    assertThat(datetime.conversions())
        .containsExactly(new Conversion("v", "a zero or impossible date became NULL", 2));
    assertThat(datetime.info().columns().get(1).type()).isEqualTo(ColumnType.DATETIME);
  }

  @Test
  void timestampsAreUtcWhateverTheServersZone() throws Exception {
    // written in a session at +09:00
    var result = roundTrip("timestamp(3) NULL", "'2026-11-23 08:15:00.123'", "NULL");
    assertThat(result.info().columns().get(1).type()).isEqualTo(ColumnType.TIMESTAMP);
    assertThat(result.values("v")).containsExactly(micros("2026-11-22T23:15:00.123Z"), null);
    assertThat(roundTrip("time(6)", "'-838:59:59'", "'08:15:00.5'", "NULL").values("v"))
        .containsExactly("PT-838H-59M-59S", "PT8H15M0.5S", null);
  }

  @Test
  void keyRangesUnderOneSnapshotAreTheTable() throws Exception {
    server.execute(
        "shop",
        "CREATE OR REPLACE TABLE big (id bigint PRIMARY KEY, note varchar(200))",
        "INSERT INTO big SELECT seq * 3, repeat('x', 100) FROM seq_1_to_1200000",
        "ANALYZE TABLE big");
    var going = new AtomicBoolean(true);
    var writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (var i = 1; going.get(); i++) {
                    server.execute(
                        "shop",
                        "DELETE FROM big WHERE id = (SELECT min(b.id) FROM (SELECT id FROM big) b)",
                        "INSERT INTO big VALUES (%d, 'new')".formatted(10_000_000L + i));
                  }
                });
    try {
      var read = read(run("big").withParallelism(3, 8));
      assertThat(read.plan().chunks()).hasSizeGreaterThan(2);
      assertThat(read.sink().rows()).isEqualTo(read.count());
      assertThat(new HashSet<>(read.sink().values("id"))).hasSize((int) read.count());
      assertThat(read.count()).isBetween(1_199_999L, 1_200_000L);
    } finally {
      going.set(false);
      writer.join();
    }
  }

  @Test
  void compositeAndTextKeysAreReadWhole() throws Exception {
    server.execute(
        "shop",
        "CREATE OR REPLACE TABLE pairs (id int, b varchar(10), PRIMARY KEY (id, b))",
        "INSERT INTO pairs SELECT seq % 10, seq FROM seq_1_to_1000",
        "CREATE OR REPLACE TABLE nokey (id int)",
        "INSERT INTO nokey SELECT seq FROM seq_1_to_10");
    assertThat(read(run("pairs")).sink().rows()).isEqualTo(1000);
    assertThat(read(run("nokey")).values("id"))
        .isEqualTo(LongStream.rangeClosed(1, 10).boxed().toList());
    var filtered = read(run("nokey").withFilter("id > 7 OR id = 1"));
    assertThat(filtered.values("id")).containsExactly(1L, 8L, 9L, 10L);
    assertThat(filtered.count()).isEqualTo(4);
  }

  @Test
  void aConnectionKilledInTheMiddleIsAFailure() throws Exception {
    server.execute(
        "shop",
        "CREATE OR REPLACE TABLE victim (id int PRIMARY KEY, note varchar(200))",
        "INSERT INTO victim SELECT seq, repeat('x', 200) FROM seq_1_to_400000");
    try (var source = source(run("victim"))) {
      source.inspect();
      var plan = source.plan(ReadRequest.full());
      var sink = new MemorySink();
      var failure =
          catchThrowableOfType(
              Failure.class,
              () ->
                  source.read(
                      plan,
                      plan.chunks(),
                      chunk -> {
                        killReaders();
                        return sink.open(chunk);
                      }));
      assertThat(failure).isInstanceOf(RetryableFailure.class);
      assertThat(failure.reason()).isEqualTo(SourceReason.CONNECTION_LOST);
      assertThat(sink.rows()).isZero();
    }
  }

  private static void killReaders() throws IOException {
    try (var connection = server.connect("mysql");
        var statement = connection.createStatement()) {
      var ids = new ArrayList<Long>();
      try (var result =
          statement.executeQuery(
              "SELECT id FROM information_schema.processlist WHERE user = 'naru_reader'")) {
        while (result.next()) {
          ids.add(result.getLong(1));
        }
      }
      for (var id : ids) {
        statement.execute("KILL " + id);
      }
    } catch (java.sql.SQLException e) {
      throw new IOException(e);
    }
  }

  private static void assertRefused(TestRun run, SourceReason reason, String... parts) {
    var failure = catchThrowableOfType(Failure.class, () -> read(run));
    assertThat(failure).isInstanceOf(ActionNeededFailure.class).hasMessageContainingAll(parts);
    assertThat(failure.reason()).isEqualTo(reason);
  }

  @Test
  void refusalsSayWhatToDo() {
    server.execute("shop", "CREATE OR REPLACE TABLE payments (id int PRIMARY KEY, note text)");
    assertRefused(run("payment"), SourceReason.SOURCE_TABLE_NOT_FOUND, "did you mean 'payments'?");
    assertRefused(
        run("t").withSchema("shopp"), SourceReason.SCHEMA_NOT_FOUND, "did you mean 'shop'?");
    assertRefused(
        run("t").withSchema("secret"), SourceReason.SCHEMA_NOT_FOUND, "GRANT SELECT ON `secret`.*");
    assertRefused(
        run("payments").withKey("idd"),
        SourceReason.COLUMN_NOT_FOUND,
        "spec.primaryKey",
        "did you mean 'id'?");
    assertRefused(run("payments").withFilter("nope = 1"), SourceReason.FILTER_INVALID, "nope");
    assertRefused(
        run("payments").withFilter("1=1) OR (1=1"), SourceReason.FILTER_INVALID, "closes nothing");
    assertRefused(
        run("payments").withAllowed("billing"), SourceReason.SCHEMA_NOT_ALLOWED, "billing");
    assertRefused(
        run("payments").withLogin("naru_reader", "wrong"),
        SourceReason.AUTHENTICATION_FAILED,
        "authSecretRef");
    assertRefused(
        run("payments").withDatabase("secret"),
        SourceReason.AUTHENTICATION_FAILED,
        "GRANT SELECT ON `secret`.*");
    assertRefused(
        run("payments").withCursor("id", Duration.ZERO), SourceReason.MODE_UNSUPPORTED, "Use Full");
  }

  @Test
  void columnRightsComeWithTheGrant() {
    server.execute(
        "mysql",
        "CREATE OR REPLACE TABLE shop.partly (id int PRIMARY KEY, note text)",
        "CREATE OR REPLACE USER narrow@'%' IDENTIFIED BY 'narrow-local'",
        "GRANT SELECT (id), INSERT (note) ON shop.partly TO narrow@'%'");
    assertRefused(
        run("partly").withLogin("narrow", "narrow-local"),
        SourceReason.SOURCE_ACCESS_DENIED,
        "GRANT SELECT ON `shop`.`partly` TO 'narrow'@'%';");
  }

  @Test
  void unreachableServersAreRetried() throws IOException {
    var unknown =
        catchThrowableOfType(
            RetryableFailure.class, () -> read(run("t").withAddress("no-such-host.invalid", 3306)));
    assertThat(unknown.reason()).isEqualTo(SourceReason.HOST_UNKNOWN);
    try (var silent = new ServerSocket(0)) {
      var timeout =
          catchThrowableOfType(
              RetryableFailure.class,
              () -> read(run("t").withAddress("127.0.0.1", silent.getLocalPort())));
      assertThat(timeout.reason()).isEqualTo(SourceReason.CONNECT_TIMEOUT);
    }
  }

  private static long micros(String instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
  }
}
