package dev.naru.bigquery.mart;

import static dev.naru.bigquery.mart.MartFixture.BY_DAY;
import static dev.naru.bigquery.mart.MartFixture.OWNER;
import static dev.naru.bigquery.mart.MartFixture.filtered;
import static dev.naru.bigquery.mart.MartFixture.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableCell;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.TableId;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.Partitioning;
import dev.naru.runfile.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exact statements of marts: the diff is the review. */
class MartSqlTest {

  private static final TableId TARGET = new TableId("project-1", "soda", "daily");
  private static final TableId BESIDE = new TableId("project-1", "soda", "daily__naru_1");
  private static final TableId CANDIDATE = new TableId("project-1", "ops", "mart_1");
  private static final ZoneId SEOUL = ZoneId.of("Asia/Seoul");
  private static final MartRun RUN =
      new MartRun(
          "key",
          "s-1",
          OWNER,
          Instant.parse("2026-01-04T00:00:00Z"),
          Instant.parse("2026-01-07T00:00:00Z"),
          () -> false,
          (_, _, _) -> {});

  private static final Instant BUILT = Instant.parse("2026-01-04T00:05:00Z");

  private static final String GUARDS =
      """
      BEGIN TRANSACTION;

      SELECT IF(EXISTS (SELECT 1 FROM `project-1`.`ops`.`marts_soda` WHERE target = 'project-1.soda.daily' AND run_key = 'key' AND outcome = 'Published'),
        ERROR('naru-guard: this run has published already'), 0);

      SELECT IF(EXISTS (SELECT 1 FROM `project-1`.`ops`.`marts_soda` WHERE recorded_at > TIMESTAMP '2026-01-04T00:05:00Z' AND target = 'project-1.soda.daily' AND run_key != 'key' AND outcome = 'Published'OVERLAP),
        ERROR('naru-guard: another run has published since this one built its rows'), 0);

      SELECT IF((SELECT COUNT(*) FROM `project-1`.`ops`.`mart_1`) != 25,
        ERROR('naru-guard: the candidate does not hold the rows that were checked'), 0);

      """;

  private static final String LEDGER =
      """

      INSERT INTO `project-1`.`ops`.`marts_soda` (run_key, run_id, mart, target, outcome, row_count, byte_count, interval_start, interval_end, candidate, sql_fingerprint, run_started, recorded_at, bytes_billed, publish_job)
      VALUES ('key', 's-1', 'rental/soda-store', 'project-1.soda.daily', 'Published', 25, 1024, TIMESTAMP '2026-01-01T15:00:00Z', TIMESTAMP '2026-01-03T15:00:00Z', 'project-1.ops.mart_1', 'f', TIMESTAMP '2026-01-04T00:00:00Z', CURRENT_TIMESTAMP(), 2048, 'naru_job');

      COMMIT TRANSACTION;""";

  private static String guards(String overlap) {
    return GUARDS.replace("OVERLAP", overlap);
  }

  @Test
  void everythingIsReplaced() {
    assertThat(script(table(TARGET, new Materialization.Full(Optional.empty())), TARGET, false))
        .isEqualTo(
            guards("")
                + """
                TRUNCATE TABLE `project-1`.`soda`.`daily`;

                INSERT INTO `project-1`.`soda`.`daily` (`id`, `day`)
                SELECT `id`, `day`
                FROM `project-1`.`ops`.`mart_1`;
                """
                + LEDGER);
  }

  @Test
  void partitionsAreReplacedByPlainLiterals() {
    assertThat(script(table(TARGET, new Materialization.Partitions(BY_DAY)), TARGET, false))
        .isEqualTo(
            guards(
                    " AND interval_start < TIMESTAMP '2026-01-03T15:00:00Z' AND interval_end > TIMESTAMP '2026-01-01T15:00:00Z'")
                + """
                SELECT IF(n > 0,
                  ERROR(CONCAT('naru-guard: rows lie outside of the window: ', CAST(n AS STRING))), 0)
                FROM (SELECT COUNTIF((`day` < DATE '2026-01-02' OR `day` >= DATE '2026-01-04' OR `day` IS NULL)) AS n FROM `project-1`.`ops`.`mart_1`);

                DELETE FROM `project-1`.`soda`.`daily`
                WHERE `day` >= DATE '2026-01-02' AND `day` < DATE '2026-01-04';

                INSERT INTO `project-1`.`soda`.`daily` (`id`, `day`)
                SELECT `id`, `day`
                FROM `project-1`.`ops`.`mart_1`;
                """
                + LEDGER);
  }

  @Test
  void aMergeIsNotPrunedButSatisfiesARequiredFilter() {
    var merge = new Materialization.Merge(List.of("id"), Optional.of(BY_DAY));
    assertThat(script(filtered(table(TARGET, merge)), TARGET, false))
        .isEqualTo(
            guards("")
                + """
                DELETE FROM `project-1`.`soda`.`daily` AS naru_old
                WHERE (naru_old.`day` >= DATE '0001-01-01' OR naru_old.`day` IS NULL)
                  AND EXISTS (SELECT 1 FROM `project-1`.`ops`.`mart_1` AS naru_new WHERE TO_JSON_STRING(naru_new.`id`) = TO_JSON_STRING(naru_old.`id`));

                INSERT INTO `project-1`.`soda`.`daily` (`id`, `day`)
                SELECT `id`, `day`
                FROM `project-1`.`ops`.`mart_1` AS naru_new
                WHERE TRUE
                QUALIFY ROW_NUMBER() OVER (PARTITION BY TO_JSON_STRING(naru_new.`id`) ORDER BY TO_JSON_STRING(naru_new)) = 1;
                """
                + LEDGER);
  }

  @Test
  void aMergeOfFixedPartitionsIsPrunedByLiteralsAndTheNewestRowCounts() {
    var merge =
        new Materialization.Merge(List.of("id"), List.of("at", "no"), Optional.of(BY_DAY), true);
    assertThat(script(filtered(table(TARGET, merge)), TARGET, false))
        .contains(
            """
            DELETE FROM `project-1`.`soda`.`daily` AS naru_old
            WHERE naru_old.`day` >= DATE '2026-01-02' AND naru_old.`day` <= DATE '2026-01-03'
              AND EXISTS (SELECT 1""",
            "ORDER BY naru_new.`at` DESC NULLS LAST, naru_new.`no` DESC NULLS LAST, TO_JSON_STRING(naru_new)) = 1;");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "NULL",
      value = {
        "DATE|2026-01-02|2026-01-03|0|t.`day` >= DATE '2026-01-02' AND t.`day` <= DATE '2026-01-03'",
        "DATETIME|2026-01-02 01:00:00|2026-01-03 00:00:00.5|0|t.`day` >= DATETIME '2026-01-02 01:00:00' AND t.`day` <= DATETIME '2026-01-03 00:00:00.5'",
        "TIMESTAMP|1767312000000000|1767312000000001|2|((t.`day` >= TIMESTAMP '2026-01-02T00:00:00Z' AND t.`day` <= TIMESTAMP '2026-01-02T00:00:00.000001Z') OR t.`day` IS NULL)",
        "DATE|NULL|NULL|3|t.`day` IS NULL",
        "DATE|NULL|NULL|0|FALSE",
      })
  void partitionsThatAMergeTouchesAreLiterals(
      String type, String least, String greatest, String nulls, String condition) {
    var cells =
        Arrays.asList(least, greatest, nulls).stream()
            .map(it -> new TableCell().setV(it == null ? Data.nullOf(Object.class) : it))
            .toList();
    assertThat(
            Touched.of(fields("day " + type).getFirst(), new Query.Row(new TableRow().setF(cells)))
                .holds("t."))
        .isEqualTo(condition);
  }

  @Test
  void namesInTheManifestAreColumnsOrFieldsOfThem() {
    var columns =
        List.of(
            new MartWarehouse.Column("id", "INT64"),
            new MartWarehouse.Column("Day", "DATE"),
            new MartWarehouse.Column(
                "trip",
                "ARRAY<STRUCT<fee NUMERIC(12, 2), `from` STRUCT<city STRING, tags ARRAY<STRING>>, n INT64>>"));
    var plain = table(TARGET, new Materialization.Partitions(BY_DAY));
    DeclaredNames.check(plain, columns);
    for (var name :
        List.of("ID", "trip", "trip.fee", "trip.from.city", "trip.from.tags", "trip.n")) {
      DeclaredNames.check(described(plain, name), columns);
    }
    for (var name : List.of("trip.city", "nope", "trip.from.nope")) {
      assertThatThrownBy(() -> DeclaredNames.check(described(plain, name), columns))
          .hasMessageContaining("columns names the column '" + name + "'");
    }
    var merge = new Materialization.Merge(List.of("id"), List.of("nope"), Optional.empty(), false);
    assertThatThrownBy(() -> DeclaredNames.check(table(TARGET, merge), columns))
        .hasMessageContaining("orderBy names the column 'nope'");
  }

  private static MartTable described(MartTable table, String name) {
    return MartFixture.governed(
        table,
        List.of(new MartTable.ColumnSpec(name, Optional.of("words"), Optional.empty())),
        List.of());
  }

  @Test
  void whatIsBuiltBesideTakesHistoryAlong() {
    assertThat(script(table(TARGET, new Materialization.Partitions(BY_DAY)), BESIDE, true))
        .contains(
            """
            SELECT IF(EXISTS (SELECT 1 FROM `project-1`.`soda`.`daily__naru_1`),
              ERROR('naru-guard: what is built beside the target holds rows already'), 0);

            INSERT INTO `project-1`.`soda`.`daily__naru_1` (`id`, `day`)
            SELECT CAST(`id` AS INT64), `day`
            FROM `project-1`.`soda`.`daily`;
            """)
        .contains("DELETE FROM `project-1`.`soda`.`daily__naru_1`\nWHERE `day` >= DATE")
        .contains("target = 'project-1.soda.daily'");
  }

  /** Days begin in the window's zone for civil types; a TIMESTAMP is a moment. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DATE|DAY|DATE '2026-01-02'|DATE '2026-01-04'",
        "DATE|MONTH|DATE '2026-01-02'|DATE '2026-01-04'",
        "DATETIME|HOUR|DATETIME '2026-01-02 00:00:00.000000'|DATETIME '2026-01-04 00:00:00.000000'",
        "DATETIME|YEAR|DATETIME '2026-01-02 00:00:00.000000'|DATETIME '2026-01-04 00:00:00.000000'",
        "TIMESTAMP|HOUR|TIMESTAMP '2026-01-01T15:00:00Z'|TIMESTAMP '2026-01-03T15:00:00Z'",
        "TIMESTAMP|DAY|TIMESTAMP '2026-01-01T15:00:00Z'|TIMESTAMP '2026-01-03T15:00:00Z'",
      })
  void aWindowIsWrittenInTheTypeOfTheColumn(
      String type, Granularity granularity, String from, String to) {
    var by = new Partitioning("DAY", granularity, Optional.empty());

    assertThat(WindowSql.of("spec", by, fields("day " + type), window()))
        .isEqualTo(new WindowSql("`day`", from, to));
  }

  @Test
  void aPartOfADayIsTheWholeDay() {
    var window =
        new Window(
            Instant.parse("2026-01-01T03:00:00Z"),
            Instant.parse("2026-01-01T04:30:00Z"),
            ZoneId.of("UTC"));
    assertThat(WindowSql.of("spec", BY_DAY, fields("day DATE"), window).within("t."))
        .isEqualTo("t.`day` >= DATE '2026-01-01' AND t.`day` < DATE '2026-01-02'");
  }

  /** The day of 5 September in Santiago is followed by one that begins at 01:00. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DATE|DATE '2026-09-05'|DATE '2026-09-06'|DATE '2026-09-07'",
        "DATETIME|DATETIME '2026-09-05 00:00:00.000000'|DATETIME '2026-09-06 00:00:00.000000'|DATETIME '2026-09-07 00:00:00.000000'",
        "TIMESTAMP|TIMESTAMP '2026-09-05T04:00:00Z'|TIMESTAMP '2026-09-06T04:00:00Z'|TIMESTAMP '2026-09-07T03:00:00Z'",
      })
  void aDayWithoutMidnightIsReplacedByItself(String type, String from, String next, String to) {
    var zone = ZoneId.of("America/Santiago");
    var first = Instant.parse("2026-09-05T04:00:00Z");
    var second = Instant.parse("2026-09-06T04:00:00Z");
    var third = Instant.parse("2026-09-07T03:00:00Z");
    assertThat(WindowSql.of("spec", BY_DAY, fields("day " + type), new Window(first, second, zone)))
        .isEqualTo(new WindowSql("`day`", from, next));
    assertThat(WindowSql.of("spec", BY_DAY, fields("day " + type), new Window(second, third, zone)))
        .isEqualTo(new WindowSql("`day`", next, to));
  }

  @Test
  void anHourThatComesTwiceHasTheBoundsOfOne() {
    var by = new Partitioning("at", Granularity.HOUR, Optional.empty());
    var window =
        new Window(
            Instant.parse("2026-10-25T00:00:00Z"),
            Instant.parse("2026-10-25T02:00:00Z"),
            ZoneId.of("Europe/Berlin"));
    assertThat(WindowSql.of("spec", by, fields("at DATETIME"), window))
        .isEqualTo(
            new WindowSql(
                "`at`",
                "DATETIME '2026-10-25 02:00:00.000000'",
                "DATETIME '2026-10-25 03:00:00.000000'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id INTEGER|DAY|which the SQL does not answer. It answers: id",
        "day STRING|DAY|is STRING in the SQL's result",
        "day DATE|HOUR|is a DATE, which has no hours",
      })
  void aPartitionColumnThatCannotBeOneIsNamed(
      String field, Granularity granularity, String message) {
    var by = new Partitioning("day", granularity, Optional.empty());
    assertThatThrownBy(() -> WindowSql.of("spec.tables[3]", by, fields(field), window()))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageStartingWith("spec.tables[3]: ")
        .hasMessageContaining(message);
  }

  @Test
  void aCandidateIsOneStatementThatIsTheSameForEveryRepeat() {
    var table = table(TARGET, new Materialization.Full(Optional.empty()));
    assertThat(Candidates.tableText(RUN, table, CANDIDATE, "SELECT 1 AS id -- one"))
        .isEqualTo(
            """
            CREATE OR REPLACE TABLE `project-1`.`ops`.`mart_1` OPTIONS (expiration_timestamp = TIMESTAMP '2026-01-07T00:00:00Z', labels = [('naru_kind', 'candidate'), ('naru_name', 'soda-store'), ('naru_ns', 'rental'), ('naru_run', 's-1')]) AS (
            SELECT 1 AS id -- one
            )""");
  }

  @Test
  void allChecksOfOursAreOneScan() {
    var types =
        Map.of(
            "id",
            "INT64",
            "day",
            "DATE",
            "at",
            "TIMESTAMP",
            "tags",
            "ARRAY<STRING>",
            "zone",
            "STRING");
    var checks =
        List.<Check>of(
            new Check.NotNull("a", List.of("id", "day")),
            new Check.Unique("b", List.of("id", "tags")),
            new Check.Accepted("c", "zone", List.of("it's", "b")),
            new Check.Accepted("d", "id", List.of("1")),
            new Check.Range("e", "day", Optional.of("2026-01-01"), Optional.of("2026-02-01")),
            new Check.Rows("f", Optional.of(1L), Optional.empty(), Optional.empty()),
            new Check.Freshness("g", "day", Duration.ofHours(1), Instant.EPOCH, SEOUL),
            new Check.Freshness("i", "at", Duration.ofHours(1), Instant.EPOCH, SEOUL),
            new Check.Relationship("h", List.of("id"), TARGET, List.of("car_id")));

    assertThat(
            CheckSql.fused(
                checks.stream().map(check -> CheckSql.of(check, CANDIDATE, types)).toList(),
                CANDIDATE))
        .isEqualTo(
            """
            SELECT
              t.c0,
              (SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM `project-1`.`ops`.`mart_1` GROUP BY `id`, TO_JSON_STRING(`tags`) HAVING COUNT(*) > 1)) AS c1,
              t.c2,
              t.c3,
              t.c4,
              t.c5,
              t.c6,
              t.c7,
              (SELECT COUNT(*) FROM `project-1`.`ops`.`mart_1` AS naru_new WHERE naru_new.`id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `project-1`.`soda`.`daily` AS naru_other WHERE naru_other.`car_id` = naru_new.`id`)) AS c8
            FROM (
              SELECT
                COUNTIF(`id` IS NULL OR `day` IS NULL) AS c0,
                COUNTIF(`zone` NOT IN ('it\\'s', 'b')) AS c2,
                COUNTIF(CAST(`id` AS STRING) NOT IN ('1')) AS c3,
                COUNTIF(`day` < CAST('2026-01-01' AS DATE) OR `day` > CAST('2026-02-01' AS DATE)) AS c4,
                COUNT(*) AS c5,
                UNIX_MICROS(TIMESTAMP(MAX(`day`), 'Asia/Seoul')) AS c6,
                UNIX_MICROS(CAST(MAX(`at`) AS TIMESTAMP)) AS c7
              FROM `project-1`.`ops`.`mart_1`
            ) AS t""");
  }

  @Test
  void aQueryThatIsShownCanBeRunAsItStands() {
    var check =
        new Check.Query(
            "fee",
            new Statement(
                "SELECT * FROM t WHERE day >= @Day AND at < @until AND zone = '@day' AND @@x = @zone",
                Map.of(
                    "day", new Parameter.Day(LocalDate.parse("2026-01-01")),
                    "until", new Parameter.Moment(Instant.parse("2026-01-02T00:00:00Z")),
                    "zone", new Parameter.Text("it's"))));

    assertThat(CheckSql.of(check, CANDIDATE, Map.of()).rows())
        .isEqualTo(
            "SELECT * FROM (\nSELECT * FROM t WHERE day >= DATE '2026-01-01' AND at < TIMESTAMP '2026-01-02T00:00:00Z' AND zone = '@day' AND @@x = 'it\\'s'\n) LIMIT 100");
  }

  @ParameterizedTest
  @CsvSource({
    "10,,,,,PASS",
    ",9,,,,FAIL",
    "11,,,,,FAIL",
    ",,10,9,9,FAIL",
    ",,12,9,9,PASS",
    ",,10,,9,FAIL",
    ",,10,9,,PASS",
    ",,10,12,,FAIL",
    ",,17,12,,PASS",
    ",,10,,12,PASS",
    ",,10,,,PASS"
  })
  void rowsAreJudgedByTheirCount(
      Long min, Long max, Integer percent, Long least, Long most, String verdict) {
    var check =
        new Check.Rows(
            "rows",
            Optional.ofNullable(min),
            Optional.ofNullable(max),
            Optional.ofNullable(percent)
                .map(
                    it ->
                        new Check.Change(
                            it, 9, Optional.ofNullable(least), Optional.ofNullable(most))));

    assertThat(new Verdict(CheckSql.of(check, CANDIDATE, Map.of())).judge(Optional.of("10")))
        .isInstanceOf(
            verdict.equals("PASS") ? Check.Result.Passed.class : Check.Result.Failed.class);
  }

  private static String script(MartTable table, TableId into, boolean takesAlong) {
    var ledger =
        new MartLedger(
            new Warehouse(
                "project-1",
                "project-1",
                "US",
                "gs://b",
                "ops",
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty()),
            "soda",
            null,
            null);
    return new PublishSql(
            table,
            into,
            state(table, "id INTEGER", "day DATE"),
            takesAlong ? Optional.of(state(table, "id STRING", "day DATE")) : Optional.empty(),
            CANDIDATE,
            window(),
            ledger,
            new MartLedger.Row(RUN, TARGET, CANDIDATE, window(), BUILT, "f", 25, 1024, 2048),
            table.materialization() instanceof Materialization.Merge merge && merge.fixedPartition()
                ? Optional.of(
                    new Touched(
                        "`day`",
                        Optional.of("DATE '2026-01-02'"),
                        Optional.of("DATE '2026-01-03'"),
                        false))
                : Optional.empty())
        .sql();
  }

  private static Table state(MartTable table, String... columns) {
    var state = new Table().setSchema(new TableSchema().setFields(fields(columns)));
    if (table.requirePartitionFilter()) {
      state
          .setRequirePartitionFilter(true)
          .setTimePartitioning(new TimePartitioning().setType("DAY").setField("day"));
    }
    return state;
  }

  private static List<TableFieldSchema> fields(String... columns) {
    return Arrays.stream(columns)
        .map(column -> column.split(" ", -1))
        .map(parts -> new TableFieldSchema().setName(parts[0]).setType(parts[1]))
        .toList();
  }

  /** Two days of Seoul. */
  private static Window window() {
    return new Window(
        LocalDate.parse("2026-01-02").atStartOfDay(SEOUL).toInstant(),
        LocalDate.parse("2026-01-04").atStartOfDay(SEOUL).toInstant(),
        SEOUL);
  }

  @Test
  void parametersAreFoundOutsideOfTextsNamesAndComments() {
    assertThat(
            SqlScan.parameters(
                """
                SELECT @a, '@b', "@c", r'\\'@d', \"\"\"x " @e\"\"\", `@f`, @@g, b'@h' -- @i
                # @j
                /* @k */ FROM t WHERE x = @L_1 AND 한글 = @값"""))
        .containsExactly("a", "l_1", "값");
  }

  @Test
  void oneQueryMayEndInASemicolonAndNothingMayFollow() {
    assertThat(SqlScan.single("spec", "SELECT ';' -- ;\n; -- end"))
        .isEqualTo("SELECT ';' -- ;\n -- end");
    assertThat(SqlScan.single("spec", "SELECT 1")).isEqualTo("SELECT 1");
    assertThatThrownBy(() -> SqlScan.single("spec.tables[1]", "SELECT 1;\nDROP TABLE x"))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("spec.tables[1]")
        .hasMessageContaining("[1:9]");
  }
}
