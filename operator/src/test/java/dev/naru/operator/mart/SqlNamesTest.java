package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlNamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '~',
      value = {
        "SELECT 1 FROM raw.cars → raw.cars",
        "SELECT 1 FROM `raw.cars` → raw.cars",
        "SELECT 1 FROM `raw`.`cars` → raw.cars",
        "SELECT 1 FROM `my-project.raw.cars` → my-project.raw.cars",
        "SELECT 1 FROM my-project.raw.cars → my-project.raw.cars",
        "SELECT 1 FROM `my-project`.raw.cars → my-project.raw.cars",
        "SELECT 1 FROM raw . cars → raw.cars",
        "FROM raw.cars |> WHERE id > 1 → raw.cars",
        "SELECT '-- raw.cars' FROM raw.zones → raw.zones",
        "SELECT \"it's raw.cars\" FROM raw.zones → raw.zones",
        "SELECT r'\\\\' , b'raw.cars' FROM raw.zones → raw.zones",
        "SELECT ~'''raw.cars ' '' x''' FROM raw.zones~ → raw.zones",
        "SELECT 1 /* raw.cars */ FROM raw.zones -- raw.cars → raw.zones",
        "SELECT 1 # raw.cars → ''",
        "SELECT 1.5, @p.x, @@session.y → ''",
        "SELECT 예약.요금 FROM raw.예약 → raw.예약",
        "SELECT a-b.c FROM raw.zones → raw.zones",
        "SELECT 1 FROM\t\traw.cars → raw.cars",
        "SELECT .5 FROM raw.cars → raw.cars",
        // a column is no table, whatever it is called
        "SELECT sales.revenue FROM raw.sales AS sales → raw.sales",
        "SELECT a.b, c.d FROM raw.a, raw.c WHERE a.x = c.y ORDER BY a.z, c.z → raw.a raw.c",
        "SELECT a.b FROM raw.a JOIN raw.c USING (x), raw.d ON a.x = c.x → raw.a raw.c raw.d",
        "SELECT EXTRACT(DAY FROM a.at) FROM raw.a WHERE a.x IS DISTINCT FROM a.y → raw.a",
        "FROM raw.a |> WHERE a.b > 1 |> SELECT a.b, a.c |> JOIN raw.d ON a.b = d.b → raw.a raw.d",
        "FROM raw.a |> AS s |> CROSS JOIN s.tags |> UNION ALL (FROM s.tags), (FROM raw.e) → raw.a s.tags raw.e",
        // neither is an array of a row
        "SELECT 1 FROM raw.a AS t, t.tags → raw.a",
        "SELECT 1 FROM raw.a, a.tags, UNNEST(a.more) AS u, u.inner → raw.a",
        "SELECT 1 FROM raw.a AS t LEFT JOIN t.tags AS g ON TRUE CROSS JOIN T.other → raw.a",
        "SELECT (SELECT COUNT(*) FROM t.tags) FROM raw.a AS t → raw.a",
        "SELECT ARRAY(SELECT x FROM UNNEST(t.tags) AS x) FROM raw.a AS t → raw.a",
        "SELECT 1 FROM raw.a AS t WHERE EXISTS (SELECT 1 FROM t.tags, raw.b) → raw.a raw.b",
        // an alias is seen where it is in scope only
        "SELECT 1 FROM raw.x AS sales UNION ALL SELECT 1 FROM sales.revenue → raw.x sales.revenue",
        "WITH c AS (SELECT 1 FROM sales.revenue) SELECT 1 FROM raw.x AS sales, c → sales.revenue raw.x",
        "SELECT 1 FROM raw.x AS sales, (SELECT 1 FROM sales.revenue) AS r → raw.x sales.revenue",
        "SELECT 1 FROM `sales.revenue` AS sales, `sales.lines`, sales.lines → sales.revenue sales.lines",
        "SELECT * EXCEPT (x) FROM (raw.a AS t CROSS JOIN t.tags) JOIN ((SELECT 1 FROM raw.b) UNION ALL (SELECT 1 FROM raw.c)) u, u.v → raw.a raw.b raw.c",
        "SELECT 1 FROM raw.a PIVOT(SUM(a.x) FOR a.q IN ('x', 'y')), raw.b TABLESAMPLE SYSTEM (1 PERCENT) WINDOW w AS (ORDER BY b.x) → raw.a raw.b",
        "SELECT 1 FROM raw.a FOR SYSTEM_TIME AS OF a.b, raw.c → raw.a raw.c",
        // functions
        "SELECT 1 FROM raw.f(1, x.y), ML.PREDICT(MODEL raw.m, (SELECT * FROM raw.a)) AS p, p.tags → raw.a",
        "SELECT 1 FROM GAP_FILL(TABLE raw.a, ts_column => a.b), raw.b → raw.a raw.b"
      })
  void namesAreFoundByTokens(String sql, String names) {
    var text = sql.strip();
    text = text.startsWith("~") ? text.substring(1) : text;
    assertThat(
            String.join(
                " ", SqlNames.in(text).stream().map(it -> String.join(".", it.parts())).toList()))
        .isEqualTo(names.equals("''") ? "" : names);
  }

  @Test
  void anExchangedTableKeepsItsAlias() {
    var sql =
        """
        SELECT cars.id, z.name FROM raw.cars JOIN raw.zones AS z ON z.id = cars.zone_id
        LEFT JOIN `raw.cars` c2 USING (id) WHERE 'raw.cars' <> '' -- raw.cars""";
    assertThat(
            SqlNames.exchange(
                sql, name -> name.table().filter("raw.cars"::equals).map(_ -> "`p`.`ops`.`stg_1`")))
        .isEqualTo(
            """
            SELECT cars.id, z.name FROM `p`.`ops`.`stg_1` AS `cars` JOIN raw.zones AS z ON z.id = cars.zone_id
            LEFT JOIN `p`.`ops`.`stg_1` c2 USING (id) WHERE 'raw.cars' <> '' -- raw.cars""");
  }

  @Test
  void unfinishedTextsEnd() {
    for (var sql : new String[] {"'''", "`a", "/* x", "SELECT 'a\\", "@", "r\"", "``", "a.", "-"}) {
      assertThat(SqlNames.exchange(sql, _ -> Optional.empty())).isEqualTo(sql);
    }
  }

  @Test
  void aLongStringIsNoProblem() {
    var sql = "SELECT '" + "x\\'".repeat(100_000) + "' FROM raw.cars";
    assertThat(SqlNames.in(sql)).hasSize(1);
  }
}
