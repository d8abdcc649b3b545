package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Analysis;
import dev.naru.sql.Analysis.OutputColumn;
import dev.naru.sql.Answer;
import dev.naru.sql.Column;
import dev.naru.sql.Position;
import dev.naru.sql.References;
import dev.naru.sql.SqlProblem;
import dev.naru.sql.Statement;
import dev.naru.sql.StatementKind;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real analyzer on what people write into marts. */
class ZetaSqlAnalyzerTest {

  private static final TableSchema RESERVATIONS =
      table(
          "socar-data.raw_rental.reservations",
          "id INT64",
          "car_id INT64",
          "member_id INT64",
          "status STRING",
          "fee NUMERIC",
          "created_at TIMESTAMP",
          "items ARRAY<STRUCT<sku STRING, amount NUMERIC>>");
  private static final TableSchema CARS =
      table("socar-data.raw_rental.cars", "id INT64", "zone_id INT64", "model STRING");
  private static final TableSchema EVENTS =
      table("socar-data.raw_rental.events_*", "name STRING", "at TIMESTAMP");

  private static final String CARS_TABLE = " FROM raw_rental.cars";

  private final ZetaSqlAnalyzer analyzer = new ZetaSqlAnalyzer();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id FROM `socar-data.raw_rental.cars`",
        "SELECT id FROM `socar-data`.raw_rental.cars",
        "SELECT id FROM `socar-data`.`raw_rental`.`cars`",
        "SELECT id FROM socar-data.raw_rental.cars",
        "SELECT id FROM raw_rental.cars",
        "SELECT id FROM `raw_rental.cars`",
        "SELECT cars.id FROM `socar-data.raw_rental.cars`",
        "SELECT c.id FROM `socar-data.raw_rental.cars` AS c;",
        "FROM `raw_rental.cars` |> WHERE id > 1 |> SELECT id",
        "WITH cars AS (SELECT * FROM `raw_rental.cars`) SELECT id FROM cars"
      })
  void findsTheTableHoweverItsPathIsWritten(String sql) {
    assertThat(tables(sql)).containsExactly("socar-data.raw_rental.cars");
    assertThat(known(sql, CARS).columns())
        .singleElement()
        .satisfies(
            column -> {
              assertThat(column.name()).isEqualTo("id");
              assertThat(column.type()).isEqualTo("INT64");
              assertThat(column.sources())
                  .extracting(Analysis.Source::toString)
                  .containsExactly("socar-data.raw_rental.cars.id");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1 | QUERY",
        "INSERT INTO a.t (x) VALUES (1) | DML",
        "MERGE a.t USING a.s ON t.x = s.x WHEN NOT MATCHED THEN INSERT (x) VALUES (x) | DML",
        "TRUNCATE TABLE a.t | DML",
        "CREATE TABLE a.t (x INT64) | DDL",
        "DROP TABLE a.t | DDL",
        "EXPORT DATA OPTIONS (uri = 'gs://b/*') AS SELECT 1 | OTHER"
      })
  void tellsKindsApart(String sql, StatementKind kind) {
    assertThat(references(sql).kind()).isEqualTo(kind);
  }

  /** Lineage tells of values and rows; that such a column is used is seen when it is gone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id FROM raw_rental.cars ORDER BY model",
        "SELECT * EXCEPT (model) FROM raw_rental.cars",
        "WITH c AS (SELECT id, model FROM raw_rental.cars) SELECT id FROM c"
      })
  void aColumnThatDecidesNothingCannotBeMissedEither(String sql) {
    assertThat(lineage(known(sql, CARS)).values()).doesNotContain("cars.model");
    var without = table("socar-data.raw_rental.cars", "id INT64", "zone_id INT64");
    assertThat(refused(sql, without).message()).contains("model");
  }

  @Test
  void namesOfExpressionsColumnsAndTargetsAreNoTables() {
    assertThat(
            tables(
                """
                WITH x AS (SELECT * FROM a.t1)
                SELECT * FROM x JOIN `p.b.t2` AS t2 ON x.i = t2.i, t2.tags, UNNEST(x.items)
                WHERE EXISTS (SELECT 1 FROM c.t3 WHERE t3.k IN (SELECT k FROM x))
                """))
        .containsExactly("p.b.t2", "socar-data.a.t1", "socar-data.c.t3");
    assertThat(tables("CREATE TABLE a.new AS SELECT * FROM a.old"))
        .containsExactly("socar-data.a.old");
    assertThat(tables("DELETE FROM `a.t` WHERE x IN (SELECT x FROM a.s)"))
        .containsExactly("socar-data.a.s", "socar-data.a.t");
    assertThat(tables("SELECT * FROM temporary")).isEmpty();
  }

  @Test
  void metadataAndWildcardsAreKeptAsWritten() {
    assertThat(tables("SELECT * FROM `region-us`.INFORMATION_SCHEMA.JOBS"))
        .containsExactly("socar-data.region-us.INFORMATION_SCHEMA.JOBS");
    assertThat(tables("SELECT * FROM `raw_rental.events_*`"))
        .containsExactly("socar-data.raw_rental.events_*");
    assertThat(
            known("SELECT name, _TABLE_SUFFIX AS day FROM `raw_rental.events_*`", EVENTS).columns())
        .extracting(OutputColumn::type)
        .containsExactly("STRING", "STRING");
  }

  @Test
  void saysWhereEachTableIsNamed() {
    var sql = "SELECT '차', *\n\tFROM `raw_rental.cars` AS c JOIN a.b ON c.id = b.id";

    assertThat(references(sql).tables())
        .extracting(it -> it.at().orElseThrow().toString())
        .containsExactly("line 2, column 35", "line 2, column 7");
  }

  @Test
  void givesColumnsAsBigQueryNamesThem() {
    assertThat(
            known(
                    """
                    SELECT id + 1, fee AS amount, STRUCT(id AS a, [car_id] AS b) AS s, 1.5, 2,
                      DATE(created_at) AS `day`
                    FROM raw_rental.reservations
                    """,
                    RESERVATIONS)
                .columns())
        .extracting(it -> it.name() + " " + it.type())
        .containsExactly(
            "f0_ INT64",
            "amount NUMERIC",
            "s STRUCT<a INT64, b ARRAY<INT64>>",
            "f1_ FLOAT64",
            "f2_ INT64",
            "day DATE");
  }

  @Test
  void followsColumnsThroughEverything() {
    var analysis =
        known(
            """
            WITH RECURSIVE chain AS (
              SELECT id AS node, 1 AS depth FROM raw_rental.cars
              UNION ALL SELECT zone_id, depth + 1 FROM chain JOIN raw_rental.cars ON node = id),
            daily AS (
              SELECT DATE(r.created_at) AS day, c.model AS what, SUM(r.fee) AS fee,
                SUM(item.amount) AS extra
              FROM raw_rental.reservations AS r JOIN raw_rental.cars AS c ON r.car_id = c.id,
                UNNEST(r.items) AS item
              WHERE r.status <> 'DRAFT' GROUP BY day, what)
            SELECT day, what, fee + extra AS total, RANK() OVER (PARTITION BY day ORDER BY fee) AS place,
              (SELECT MAX(depth) FROM chain) AS deepest, (SELECT MAX(node) FROM chain) AS node,
              COUNT(*) OVER () AS n
            FROM daily
            UNION ALL
            SELECT DATE '2026-01-01', status, 0, 0, 0, member_id, 0 FROM raw_rental.reservations
            """,
            RESERVATIONS,
            CARS);

    assertThat(lineage(analysis))
        .containsEntry("day", "reservations.created_at")
        .containsEntry("what", "cars.model reservations.status")
        .containsEntry("total", "reservations.fee reservations.items")
        .containsEntry("place", "reservations.created_at reservations.fee")
        .containsEntry("deepest", "")
        .containsEntry("node", "cars.id cars.zone_id reservations.member_id")
        .containsEntry("n", "");
    assertThat(analysis.filters())
        .extracting(it -> it.table().table() + "." + it.column())
        .contains("reservations.status", "reservations.car_id", "cars.id", "cars.model");
  }

  @Test
  void pivotedColumnsComeFromWhatIsAggregated() {
    var analysis =
        known(
            """
            SELECT * FROM (SELECT car_id, status, fee FROM raw_rental.reservations)
            PIVOT (SUM(fee) FOR status IN ('DONE', 'LOST'))
            """,
            RESERVATIONS);

    assertThat(analysis.columns()).extracting(OutputColumn::name).contains("car_id", "DONE");
    assertThat(lineage(analysis).get("DONE")).contains("reservations.fee");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT amout FROM (SELECT fee AS amount FROM raw_rental.reservations) | 1 | 8 | amount",
        "SELECT feee FROM `socar-data.raw_rental.reservations` | 1 | 8 | fee",
        "SELECT 1 FROM `socar-data.raw_rental.reservations` AS r WHERE r.feee > 1 | 1 | 65 | fee",
      })
  void saysWhatIsWrongWhereAndWhatIsNear(String sql, int line, int column, String near) {
    var problem = refused(sql, RESERVATIONS);

    assertThat(problem.at()).contains(new Position(line, column));
    assertThat(problem.suggestion()).contains(near);
    assertThat(problem.message()).doesNotContain("[at", "Did you mean");
  }

  @Test
  void countsColumnsAsEditorsDo() {
    assertThat(
            refused(
                "SELECT\n\t\t'한국어' AS `이름`,\t\tfeee\nFROM raw_rental.reservations", RESERVATIONS))
        .satisfies(it -> assertThat(it.at()).contains(new Position(2, 19)))
        .hasToString("line 2, column 19: Unrecognized name: feee; did you mean fee?");
    assertThat(refused("SELECT 1\nFRM x").at()).contains(new Position(2, 5));
    assertThat(refused("SELECT (1").message()).contains("Syntax error");
    assertThat(refused("SELECT 1; SELECT 2").message()).contains("Syntax error");
    assertThat(refused("").message()).contains("Syntax error");
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    assertThat(refused("SELECT 1 FROM raw_rental.Cars", CARS))
        .isEqualTo(
            new SqlProblem(
                "Table not found: socar-data.raw_rental.Cars",
                Optional.of(new Position(1, 15)),
                Optional.of("socar-data.raw_rental.cars")));
    assertThat(refused("SELECT 1 FROM raw_rental.ghosts", CARS).suggestion()).isEmpty();
  }

  @Test
  void whatOnlyBigQueryKnowsIsNotRefused() {
    assertThat(analyze("SELECT A_FUNCTION_OF_TOMORROW(1)")).isInstanceOf(Answer.Unknown.class);
    assertThat(analyze("SELECT x FROM a.t", table("socar-data.a.t", "x TYPE_OF_TOMORROW")))
        .isEqualTo(
            new Answer.Unknown<>(
                Answer.Cause.BEYOND, "type TYPE_OF_TOMORROW is unknown to the analyzer"));
  }

  @Test
  void bigQuerysOwnFunctionsAreKnown() {
    assertThat(
            known(
                    """
                    SELECT CONTAINS_SUBSTR(status, 'x') AS a, MAX_BY(status, fee) AS b, @@project_id AS c
                    FROM raw_rental.reservations GROUP BY 1
                    """,
                    RESERVATIONS)
                .columns())
        .extracting(OutputColumn::type)
        .containsExactly("BOOL", "STRING", "STRING");
  }

  @Test
  void parametersHaveTheirTypeAndNoOthersAre() {
    var declared = Map.of("interval_start", "TIMESTAMP", "vat", "STRING");
    var statement =
        new Statement(
            "SELECT @interval_start AS s, CAST(@VAT AS NUMERIC) AS v FROM raw_rental.cars",
            "socar-data",
            Optional.empty(),
            declared);
    var misspelt =
        new Statement("SELECT @interval_begin, @vta", "socar-data", Optional.empty(), declared);
    var near = new Statement("SELECT\n@vatt", "socar-data", Optional.empty(), declared);

    assertThat(((Answer.Known<Analysis>) analyzer.analyze(statement, List.of(CARS))).value())
        .satisfies(
            it ->
                assertThat(it.columns())
                    .extracting(OutputColumn::type)
                    .containsExactly("TIMESTAMP", "NUMERIC"));
    assertThat(refused(analyzer.analyze(misspelt, List.of())).message())
        .isEqualTo("Query parameter 'interval_begin' not found");
    assertThat(refused(analyzer.analyze(near, List.of())))
        .hasToString("line 2, column 1: Query parameter 'vatt' not found; did you mean vat?");
  }

  @Test
  void aNameWithoutDatasetIsOneOfTheDefaultDataset() {
    var sql = "WITH w AS (SELECT * FROM cars) SELECT w.id, `cars`.id AS other FROM w, cars";
    var statement = new Statement(sql, "socar-data", Optional.of("raw_rental"), Map.of());

    assertThat(((Answer.Known<References>) analyzer.references(statement)).value().tables())
        .extracting(it -> it.table().toString())
        .containsExactly("socar-data.raw_rental.cars");
    assertThat(analyzer.analyze(statement, List.of(CARS))).isInstanceOf(Answer.Known.class);
    assertThat(tables(sql)).isEmpty();
    assertThat(refused(sql, CARS).message()).isEqualTo("Table not found: cars");
  }

  @Test
  void projectsMayHaveADomain() {
    var table = table("example.com:old.d.t", "x INT64");

    assertThat(tables("SELECT x FROM `example.com:old.d.t`"))
        .containsExactly("example.com:old.d.t");
    assertThat(known("SELECT t.x FROM `example.com:old.d.t`", table).columns()).hasSize(1);
  }

  @Test
  void namesThatDifferInCaseAloneAreLeftToBigQuery() {
    var upper = table("socar-data.raw_rental.CARS", "id INT64");

    assertThat(tables("SELECT 1 FROM raw_rental.cars, raw_rental.CARS AS c"))
        .containsExactly("socar-data.raw_rental.CARS", "socar-data.raw_rental.cars");
    assertThat(analyze("SELECT 1 FROM raw_rental.cars, raw_rental.CARS AS c", CARS, upper))
        .isInstanceOf(Answer.Unknown.class);
    assertThat(known("SELECT c.id FROM raw_rental.CARS AS c", CARS, upper).columns())
        .singleElement()
        .satisfies(
            it ->
                assertThat(it.sources())
                    .extracting(Analysis.Source::toString)
                    .containsExactly("socar-data.raw_rental.CARS.id"));
  }

  @Test
  void metadataIsLeftToBigQuery() {
    assertThat(analyze("SELECT table_name FROM raw_rental.INFORMATION_SCHEMA.TABLES"))
        .isEqualTo(
            new Answer.Unknown<>(
                Answer.Cause.BEYOND,
                "only BigQuery knows the columns of"
                    + " socar-data.raw_rental.INFORMATION_SCHEMA.TABLES"));
  }

  @Test
  void aResultHasNoTwoColumnsOfOneName() {
    assertThat(refused("SELECT id, model AS ID, 1, 2 FROM raw_rental.cars", CARS).message())
        .isEqualTo("Duplicate column names in the result: ID");
  }

  @Test
  void typesAreWrittenSoThatTheyCanBeRead() {
    var columns =
        known("SELECT STRUCT(1 AS `order`, STRUCT('a' AS `한 글`, 2) AS x, [1.5] AS `All`) AS s")
            .columns();

    assertThat(columns.getFirst().type())
        .isEqualTo("STRUCT<`order` INT64, x STRUCT<`한 글` STRING, INT64>, `All` ARRAY<FLOAT64>>");
    assertThat(
            known(
                    "SELECT s.`order` AS o, s AS again, [s] AS many FROM a.t",
                    table("socar-data.a.t", "s " + columns.getFirst().type()))
                .columns())
        .satisfies(
            it -> {
              assertThat(it.get(1).type()).isEqualTo(columns.getFirst().type());
              assertThat(it).extracting(OutputColumn::repeated).containsExactly(false, false, true);
            });
  }

  @Test
  void pseudoColumnsOfIngestionTime() {
    var table =
        new TableSchema(TableName.parse("socar-data.a.t"), List.of(new Column("x", "INT64")), true);

    assertThat(known("SELECT *, _PARTITIONDATE AS day FROM a.t", table).columns())
        .extracting(it -> it.name() + " " + it.type())
        .containsExactly("x INT64", "day DATE");
    assertThat(refused("SELECT _PARTITIONTIME FROM raw_rental.cars", CARS).message())
        .contains("Unrecognized name");
  }

  /** Each of these is beyond what ZetaSQL's own channel takes. */
  @Test
  void deepAndWideStatementsAreAnalyzed() throws Exception {
    var joined =
        IntStream.range(1, 120)
            .mapToObj(i -> " JOIN raw_rental.cars AS c%d ON c%d.id = c.id".formatted(i, i))
            .collect(Collectors.joining());
    var piped = "|> SET id = id + 1 ".repeat(120);

    onLargeStack(
        () -> {
          assertThat(known("SELECT " + "model || ".repeat(300) + "'' AS m" + CARS_TABLE, CARS))
              .satisfies(it -> assertThat(it.columns()).hasSize(1));
          known(
              "SELECT " + "IF(id > 1, id, ".repeat(200) + "0" + ")".repeat(200) + CARS_TABLE, CARS);
          known("SELECT c.id FROM raw_rental.cars AS c" + joined, CARS);
          known("FROM raw_rental.cars " + piped + "|> SELECT id", CARS);
          known("SELECT 1 " + "UNION ALL SELECT 1 ".repeat(1_000));
          assertThat(analyze("SELECT " + "(".repeat(10_000) + "1" + ")".repeat(10_000)))
              .isNotNull();
        });
  }

  private static void onLargeStack(Runnable test) throws InterruptedException {
    var thrown = new CompletableFuture<Void>();
    var thread =
        new Thread(
            null,
            () -> {
              try {
                test.run();
                thrown.complete(null);
              } catch (Throwable e) {
                thrown.completeExceptionally(e);
              }
            },
            "test",
            AnalyzerServer.STACK);
    thread.start();
    thread.join();
    assertThat(thrown).isCompleted();
  }

  private List<String> tables(String sql) {
    return references(sql).tables().stream().map(it -> it.table().toString()).toList();
  }

  private References references(String sql) {
    return ((Answer.Known<References>) analyzer.references(statement(sql))).value();
  }

  private Answer<Analysis> analyze(String sql, TableSchema... catalog) {
    return analyzer.analyze(statement(sql), List.of(catalog));
  }

  private Analysis known(String sql, TableSchema... catalog) {
    var answer = analyze(sql, catalog);
    assertThat(answer).isInstanceOf(Answer.Known.class);
    return ((Answer.Known<Analysis>) answer).value();
  }

  private SqlProblem refused(String sql, TableSchema... catalog) {
    return refused(analyze(sql, catalog));
  }

  private static SqlProblem refused(Answer<Analysis> answer) {
    assertThat(answer).isInstanceOf(Answer.Refused.class);
    return ((Answer.Refused<Analysis>) answer).problem();
  }

  private static Statement statement(String sql) {
    return new Statement(sql, "socar-data", Optional.empty(), Map.of());
  }

  private static Map<String, String> lineage(Analysis analysis) {
    return analysis.columns().stream()
        .collect(
            Collectors.toMap(
                OutputColumn::name,
                column ->
                    column.sources().stream()
                        .map(it -> it.table().table() + "." + it.column())
                        .collect(Collectors.joining(" "))));
  }

  private static TableSchema table(String name, String... columns) {
    return new TableSchema(
        TableName.parse(name),
        Arrays.stream(columns)
            .map(it -> it.split(" ", 2))
            .map(it -> new Column(it[0], it[1]))
            .toList());
  }
}
