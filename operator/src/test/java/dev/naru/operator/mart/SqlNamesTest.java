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
        "SELECT 예약.요금 FROM raw.예약 → 예약.요금 raw.예약",
        "SELECT a-b.c FROM raw.zones → b.c raw.zones",
        "SELECT 1 FROM\t\traw.cars → raw.cars"
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
