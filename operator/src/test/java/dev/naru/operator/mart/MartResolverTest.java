package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.mart.MartResolution.Unresolved;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MartResolverTest {

  @Test
  void parentsAndUpstreamsComeFromTheSql() {
    var mart = Marts.resolved(Marts.small());
    assertThat(mart.tables().stream().map(ResolvedMart.Table::name)).containsExactly("day", "week");
    assertThat(mart.upstreams().getFirst().resource()).isEqualTo("IngestionJob reservations");
  }

  @Test
  void aCycleIsToldAsAPath() {
    assertThat(problem(Marts.SMALL.replace("FROM raw.reservations", "FROM store.week")))
        .isEqualTo(
            "spec.tables: week ← day ← week is a cycle: no table of it can be built first. Take one of them out of the SQL (or dependsOn) of the next");
  }

  @Test
  void aTableThatReadsItselfIsNoCycle() {
    var mart = Marts.resolved(Marts.mart(Marts.SMALL.replace("FROM store.day", "FROM store.week")));
    assertThat(mart.graph().parents().get("week")).isEmpty();
  }

  @Test
  void anUnknownDependencyGetsTheNearestName() {
    assertThat(
            problem(
                Marts.SMALL
                    .replace("- name: week", "- name: week\n          dependsOn: [days]")
                    .replace("\n          dependsOn", "\n    dependsOn")))
        .startsWith(
            "spec.tables[0].dependsOn[0]: this DataMart has no table 'days'; did you mean 'day'?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT car_id FROM `store.day`",
        "SELECT car_id FROM `naru-local.store.day`",
        "SELECT car_id FROM naru-local.store.day",
        "SELECT\\tcar_id\\n\\tFROM\\tstore.day\\t-- 예약",
        "SELECT '한국어 store.x' AS 요금 FROM store.day",
        "FROM store.day |> AGGREGATE SUM(rides) GROUP BY car_id"
      })
  void aParentIsFoundHoweverItIsWritten(String sql) {
    var mart =
        Marts.resolved(
            Marts.mart(
                Marts.SMALL.replace(
                    "SELECT car_id, SUM(rides) AS rides FROM store.day GROUP BY car_id", sql)));
    assertThat(mart.graph().parents().get("week")).containsExactly("day");
  }

  @Test
  void aColumnIsNoTable() {
    var mart =
        Marts.resolved(
            Marts.mart(
                Marts.SMALL.replace(
                    "SELECT car_id, SUM(rides) AS rides FROM store.day GROUP BY car_id",
                    "SELECT store.day FROM raw.stores AS store, store.day")));
    assertThat(mart.graph().parents().get("week")).isEmpty();
  }

  @Test
  void whatAChecksReadsIsWaitedFor() {
    for (var check :
        List.of(
            "type: Relationship, columns: [car_id], relationship: {table: raw.reservations, columns: [car_id]}",
            "type: Query, query: \"SELECT 1 FROM store.day JOIN raw.reservations USING (car_id)\"")) {
      var mart =
          Marts.resolved(
              Marts.mart(
                  Marts.SMALL
                      .replace("FROM raw.reservations", "FROM raw.elsewhere")
                      .replace(
                          "name: many, type: Rows, severity: Warn, rows: {min: 10}",
                          "name: many, " + check)));
      assertThat(mart.upstreams().stream().map(ResolvedMart.Upstream::resource))
          .containsExactly("IngestionJob reservations");
    }
  }

  @Test
  void aCheckIsNamedOnce() {
    assertThat(problem(Marts.SMALL.replace("name: many", "name: key")))
        .isEqualTo("spec.tables[1].checks: 'key' stands there twice; name it once");
  }

  @Test
  void theOpsDatasetIsNobodysMart() {
    assertThat(problem(Marts.SMALL.replace("dataset: {name: store}", "dataset: {name: naru_ops}")))
        .contains("spec.dataset.name: naru_ops is the opsDataset of Warehouse main");
  }

  @Test
  void aDayThatIsNoneIsRefused() {
    assertThat(problem(Marts.SMALL.replace("2026-01-01", "2026-02-30")))
        .contains("spec.tables[1].materialization.partitions.since: '2026-02-30' is no day");
  }

  @Test
  void theOlderOfTwoKeepsTheDataset() {
    var older =
        Marts.mart(
            Marts.SMALL.replace("name: store, n", "name: elder, n").replace("11-20", "11-19"));
    var younger = Marts.small();
    assertThat(message(MartResolver.resolve(younger, Marts.around(older, younger))))
        .contains("dataset store is kept by DataMart elder, which is older");
    assertThat(MartResolver.resolve(older, Marts.around(older, younger)))
        .isInstanceOf(MartResolution.Resolved.class);
  }

  @Test
  void sqlMayComeLaterInAConfigMap() {
    var mart =
        Marts.mart(
            Marts.SMALL.replace(
                "{inline: \"SELECT car_id, SUM(rides) AS rides FROM store.day GROUP BY car_id\"}",
                "{configMapKeyRef: {name: sql, key: week.sql}}"));
    assertThat(message(MartResolver.resolve(mart, Marts.around(mart))))
        .isEqualTo(
            "spec.tables[0].sql.configMapKeyRef: ConfigMap sql with label naru.dev/input=true does not exist in namespace rental: create it or correct the name");
    var empty = new ConfigMapBuilder().addToData("other", "x").build();
    assertThat(message(MartResolver.resolve(mart, Marts.around(Map.of("sql", empty), mart))))
        .contains("ConfigMap sql has no key week.sql, its keys are other");
    var there = new ConfigMapBuilder().addToData("week.sql", "SELECT 1 FROM store.day").build();
    assertThat(MartResolver.resolve(mart, Marts.around(Map.of("sql", there), mart)))
        .isInstanceOf(MartResolution.Resolved.class);
  }

  @Test
  void theFingerprintFollowsWhatDecidesTheContent() {
    var before = Marts.resolved(Marts.small()).fingerprint();
    assertThat(Marts.resolved(Marts.mart(Marts.SMALL.replace("30 5", "45 5"))).fingerprint())
        .isEqualTo(before);
    for (var change :
        List.of(
            Marts.SMALL.replace("SUM(rides)", "MAX(rides)"),
            Marts.SMALL.replace("granularity: Day", "granularity: Month"),
            Marts.SMALL.replace("  tables:", "  variables: {a: b}\n  tables:"))) {
      assertThat(Marts.resolved(Marts.mart(change)).fingerprint()).isNotEqualTo(before);
    }
  }

  private static String problem(String yaml) {
    var mart = Marts.mart(yaml);
    return message(MartResolver.resolve(mart, Marts.around(mart)));
  }

  private static String message(MartResolution resolution) {
    return resolution instanceof Unresolved(var outcome) ? outcome.message() : "resolved";
  }
}
