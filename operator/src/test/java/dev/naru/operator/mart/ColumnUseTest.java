package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.mart.ColumnUse.Users;
import dev.naru.sql.Column;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is named when a column of {@code store.day} goes. */
final class ColumnUseTest {

  private static final TableName DAY = new TableName("naru-local", "store", "day");

  private static final String STORE =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: store, namespace: rental}
      spec:
        warehouseRef: {name: main}
        dataset: {name: store}
        variables: {vat: "0.1"}
        tables:
        - name: day
          sql: {inline: "SELECT car_id, day, rides, fee, memo FROM raw.reservations"}
          checks:
          - {name: key, type: Unique, columns: [car_id, DAY]}
          - {name: sane, type: Query, query: "SELECT car_id FROM store.day WHERE fee < 0"}
        - name: week
          sql: {inline: "SELECT car_id, rides AS trips FROM store.day WHERE day >= @interval_start ORDER BY memo"}
        - name: month
          sql: {inline: "SELECT trips FROM store.week"}
          checks:
          - {name: known, type: Relationship, columns: [trips], relationship: {table: store.day, columns: [car_id]}}
        - name: note
          sql: {inline: "SELECT car_id FROM raw.reservations"}
          dependsOn: [day]
      """;

  private static final String SALES =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: sales, namespace: rental}
      spec:
        warehouseRef: {name: main}
        dataset: {name: sales}
        tables:
        - {name: daily, sql: {inline: "SELECT day, fee * 2 AS fee FROM `naru-local.store.day`"}}
        - {name: elsewhere, sql: {inline: "SELECT fee FROM other.store.day"}}
      """;

  private static final String IDLE =
      Marts.PRICE.replace("name: price", "name: idle").replace("name: store", "name: sales");

  private final FakeSql analyzer = new FakeSql();
  private final Map<TableName, TableSchema> schemas = new HashMap<>();
  private final List<MartReader> readers = readers();

  ColumnUseTest() {
    schema(DAY, "car_id", "day", "rides", "fee", "memo");
    schema(new TableName("naru-local", "store", "week"), "car_id", "trips");
    schema(new TableName("other", "store", "day"), "fee");
  }

  private void schema(TableName table, String... columns) {
    schemas.put(
        table,
        new TableSchema(table, Arrays.stream(columns).map(it -> new Column(it, "INT64")).toList()));
  }

  private static List<MartReader> readers() {
    var store = Marts.mart(STORE);
    return MartReaders.of(
        store,
        List.of("day", "note", "week", "month"),
        Marts.around(
            Map.of(),
            Stream.of(Marts.PRICE, IDLE)
                .map(it -> Serialization.unmarshal(it, ModelService.class))
                .toList(),
            store,
            Marts.mart(SALES)));
  }

  private Users users(String column) {
    return new ColumnUse(analyzer, it -> Optional.ofNullable(schemas.get(it)), readers)
        .of(DAY, column);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fee    | check sane of table day, table daily of DataMart sales",
        "FEE    | check sane of table day, table daily of DataMart sales",
        "rides  | table week, table month, check known of table month",
        "day    | check key of table day, table week, table daily of DataMart sales",
        "car_id | check key of table day, check sane of table day, table week, check known of table month",
        "memo   | table week"
      })
  void exactlyThoseAreNamedThatUseTheColumn(String column, String certain) {
    assertThat(users(column).certain()).containsExactly(certain.split(", "));
  }

  /** A service says which marts it reads, and dependsOn which tables; neither names columns. */
  @Test
  void whoeverSaysNoMoreThanWhatItReadsMayUseIt() {
    assertThat(users("fee").perhaps()).containsExactly("table note", "ModelService price");
  }

  @Test
  void withoutTheAnalyzerAllReadersOfTheTableMayUseIt() {
    analyzer.absent = true;
    assertThat(users("fee"))
        .isEqualTo(
            new Users(
                List.of(),
                List.of(
                    "check sane of table day",
                    "table note",
                    "table week",
                    "table month",
                    "check known of table month",
                    "table daily of DataMart sales",
                    "ModelService price")));
  }

  @Test
  void whatReadsATableOfUnknownColumnsAsWellMayUseIt() {
    schemas.remove(DAY);
    assertThat(users("fee").certain()).isEmpty();
    assertThat(users("fee").perhaps())
        .contains("table week", "table month", "table daily of DataMart sales");
  }

  @Test
  void resourcesAreNamedOnce() {
    assertThat(MartReaders.resources(readers))
        .containsExactly("DataMart sales", "ModelService price");
  }
}
