package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.mart.MartWarehouse.Change;
import dev.naru.bigquery.mart.MartWarehouse.Column;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.RunOutcome;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A column that vanishes or changes its type stops the mart with the names of who uses it. */
final class MartBreakingChangeTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");

  private static final String SALES =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: sales, namespace: rental}
      spec:
        warehouseRef: {name: main}
        dataset: {name: sales}
        tables: [{name: daily, sql: {inline: "SELECT memo, fee FROM store.day"}}]
      """;

  private final FakeMarts marts = new FakeMarts();
  private final FakeSql analyzer = new FakeSql();

  MartBreakingChangeTest() {
    for (var table : List.of("store.day", "store.week", "raw.reservations")) {
      marts.tables.put("naru-local." + table, "there");
    }
    marts.has.put("naru-local.store.day", columns("car_id", "day", "rides", "fee", "memo"));
    marts.has.put("naru-local.store.week", columns("car_id", "rides"));
    marts.has.put("naru-local.raw.reservations", columns("car_id", "day"));
    marts.changes.put(
        "day",
        new Change(
            false,
            List.of("month"),
            List.of("memo"),
            List.of("fee INT64 becomes STRING"),
            List.of()));
  }

  private static List<Column> columns(String... names) {
    return Stream.of(names).map(it -> new Column(it, "INT64")).toList();
  }

  private PlanAnswer look(DataMart mart, String... services) {
    var around =
        Marts.around(
            Map.of(),
            Stream.of(services).map(it -> Serialization.unmarshal(it, ModelService.class)).toList(),
            mart,
            Marts.mart(SALES));
    var run = new MartRun("p", NOW, null, NOW, NOW, null, RunOutcome.RUNNING, null, null, null);
    var readers = MartReaders.of(mart, List.of("day", "week"), around);
    return new MartPlanner(marts, analyzer, new TableLocks(), Clock.fixed(NOW, ZoneOffset.UTC))
        .look(
            new MartPlanner.Question(
                RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, List.of()),
                readers,
                List.of(),
                Set.of(),
                Set.of()));
  }

  private static String refused(PlanAnswer answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            PlanAnswer.Refused.class, it -> assertThat(it.reason()).isEqualTo("BreakingChange"));
    return ((PlanAnswer.Refused) answer).message();
  }

  @Test
  void whoUsesTheColumnIsNamedWithIt() {
    assertThat(refused(look(Marts.small(), Marts.PRICE)))
        .isEqualTo(
            "spec.tables[1]: column memo would vanish, column fee INT64 becomes STRING of table day. Who reads it may break: table daily of DataMart sales (memo, fee); perhaps ModelService price. Keep the column in the SQL (with a CAST for its type), or write breakingChanges: Allow into spec.tables[1]");
  }

  @Test
  void thePlanOfARefusedChangeSaysWhoUsesWhat() {
    assertThat(((PlanAnswer.Refused) look(Marts.small(), Marts.PRICE)).plan().orElseThrow())
        .satisfies(
            plan -> {
              assertThat(plan.changes())
                  .containsExactly(
                      "table day gets column month",
                      "table day loses column memo; used by table daily of DataMart sales; perhaps used by ModelService price",
                      "table day: column fee INT64 becomes STRING; used by table daily of DataMart sales; perhaps used by ModelService price");
              assertThat(plan.readers()).containsExactly("DataMart sales", "ModelService price");
            });
  }

  @Test
  void aChangeThatIsAllowedIsPlannedWithTheSameWords() {
    var allowed =
        Marts.mart(Marts.SMALL.replace("- name: day", "- name: day\n    breakingChanges: Allow"));
    assertThat(look(allowed))
        .isInstanceOfSatisfying(
            PlanAnswer.Planned.class,
            it ->
                assertThat(it.plan().changes())
                    .contains(
                        "table day loses column memo; used by table daily of DataMart sales"));
  }

  @Test
  void aColumnThatNobodyUsesIsRefusedAsWell() {
    marts.changes.put("day", new Change(false, List.of(), List.of("unused"), List.of(), List.of()));
    assertThat(refused(look(Marts.small())))
        .startsWith(
            "spec.tables[1]: column unused would vanish of table day. Who reads it may break. Keep");
  }

  @Test
  void withoutTheAnalyzerWhoReadsTheTableIsNamed() {
    assertThat(MartPlans.settled(look(Marts.small(), Marts.PRICE))).isTrue();
    analyzer.absent = true;
    var answer = look(Marts.small(), Marts.PRICE);
    assertThat(refused(answer))
        .contains(
            "Who reads it may break: perhaps table week, table daily of DataMart sales, ModelService price. Keep");
    assertThat(MartPlans.settled(answer))
        .as("it is asked again when the analyzer is back")
        .isFalse();
  }

  @Test
  void whoReadsATableThatIsStoredAnewIsNamedWhateverItReads() {
    marts.changes.put(
        "day",
        new Change(
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of("partitioning DAY(day) becomes MONTH(day)")));
    var answer = look(Marts.small(), Marts.PRICE);
    assertThat(refused(answer))
        .contains(
            "Who reads it may break: check key of table day, table week, table daily of DataMart sales, ModelService price. Keep");
    assertThat(((PlanAnswer.Refused) answer).plan().orElseThrow().changes())
        .containsExactly(
            "table day is built anew: partitioning DAY(day) becomes MONTH(day); its rows are taken along");
  }
}
