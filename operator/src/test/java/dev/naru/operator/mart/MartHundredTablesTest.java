package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.mart.Check;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import dev.naru.sql.SqlAnalyzer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A mart of a hundred tables, each built from the one before, from its plan to its status. */
class MartHundredTablesTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");
  private static final Instant END = Instant.parse("2026-11-24T15:00:00Z");
  private static final MartRun RUN =
      new MartRun("s-1", NOW, null, END, NOW, null, RunOutcome.RUNNING, null, null, null);

  private final FakeMarts marts = new FakeMarts();
  private final DataMart mart = hundred();
  private final MartStep step = new MartStep(mart, Clock.fixed(NOW, ZoneOffset.UTC));

  /** The longest that is said of a table: hours, and rows of another SQL. */
  private static DataMart hourly() {
    return Marts.mart(
        Serialization.asYaml(hundred())
            .replace(
                "    sql:",
                "    materialization: {type: Partitions, partitions: {partitionBy: {column: at, granularity: Hour}, since: \"2020-01-01\"}}\n    sql:"));
  }

  private static DataMart hundred() {
    var tables = new StringBuilder();
    for (var i = 99; i >= 0; i--) {
      tables.append(
          "  - {name: %s, sql: {inline: \"SELECT * FROM %s\"}, checks: [{name: key, type: Unique, columns: [x]}]}\n"
              .formatted(name(i), i == 0 ? "raw.reservations" : "store." + name(i - 1)));
    }
    return Marts.mart(
        Marts.SMALL.substring(0, Marts.SMALL.indexOf("  tables:")) + "  tables:\n" + tables);
  }

  private static String name(int i) {
    return "reservation_utilization_daily_by_zone_and_car_%02d".formatted(i);
  }

  private PlanAnswer.Planned plan() {
    var next = RunPlan.of(Marts.resolved(mart), mart.getSpec(), RUN, List.of());
    var answer =
        new MartPlanner(marts, SqlAnalyzer.NONE, new TableLocks(), Clock.systemUTC())
            .look(new MartPlanner.Question(next, List.of(), List.of(), Set.of(), Set.of()));
    return (PlanAnswer.Planned) answer;
  }

  private RunReport run() {
    var plan = RunPlan.of(Marts.resolved(mart), mart.getSpec(), RUN, List.of());
    var clock = new WaitedClock(NOW);
    try (var warehouse = marts.open(plan.mart().warehouse(), plan.mart().owner(), NOW)) {
      var progress = new RunProgress(plan, () -> {}, () -> true);
      return new MartRunner(plan, warehouse, progress, clock, clock).run();
    }
  }

  @Test
  void whatIsRebuiltOfAHundredTablesIsSmall() {
    var hourly = hourly();
    var through = Instant.parse("2020-06-01T00:00:00Z");
    hourly.setStatus(
        Serialization.unmarshal(
            Serialization.asYaml(Marts.published(hourly(), through).getStatus())
                .replace("publishedAt:", "builtFrom: \"0a1b2c3d\"\n  publishedAt:"),
            DataMartStatus.class));
    var step = new MartStep(hourly, Clock.fixed(NOW, ZoneOffset.UTC));
    var rows = MartRebuilds.of(step, Marts.resolved(hourly));
    assertThat(rows)
        .hasSize(100)
        .allSatisfy(
            it -> {
              assertThat(it.rebuilds())
                  .endsWith(" partitions, 2020-06-01T09:00+09:00 to 2026-11-25T04:00+09:00");
              assertThat(it.others()).contains("a Backfill builds them again");
              assertThat(bytes(it)).as("%s", it).isLessThanOrEqualTo(300);
            });
    step.plan = Optional.of(plan().plan().withTables(rows));
    assertThat(bytes(MartStatus.of(step))).isLessThan(80 * 1024);
  }

  private static int bytes(Object of) {
    return Serialization.asJson(of).getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void itIsPlannedAndRunWithinTheLimitsOfStatus() {
    var plan = plan().plan();
    assertThat(plan.order()).hasSize(100).startsWith(name(0), name(1)).endsWith(name(99));
    assertThat(plan.changes()).hasSize(50).last().asString().isEqualTo("and 51 more");

    var report = run();
    assertThat(report.result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(report.publishedTables()).isEqualTo(100);
    assertThat(marts.effects.values()).containsOnly(1).hasSizeGreaterThanOrEqualTo(200);
    MartRows.align(step);
    step.plan = Optional.of(plan.withTables(MartRebuilds.of(step, Marts.resolved(mart))));
    assertEnded(report, TableState.PUBLISHED);
  }

  /** Two hundred statements of failure would not fit; the first ones say what is wrong. */
  @Test
  void whatIsWrongWithAllOfThemFitsAsWell() {
    marts.found.put(
        "key", new Check.Result.Failed("key", 2, "2 keys twice", "SELECT " + "x, ".repeat(500)));
    step.plan = Optional.of(plan().plan());
    assertEnded(run(), TableState.SKIPPED);
    assertThat(step.lastRun.orElseThrow().message()).startsWith("Table " + name(0));
  }

  private void assertEnded(RunReport report, TableState last) {
    MartRows.align(step);
    MartStatus.end(step, RUN, report);
    assertThat(step.tables).hasSize(100);
    assertThat(step.tables)
        .filteredOn(it -> it.name().equals(name(99)))
        .extracting(MartTableStatus::state)
        .containsExactly(last);
    assertThat(step.tables).allSatisfy(it -> assertThat(bytes(it)).isLessThanOrEqualTo(300));
    assertThat(bytes(MartStatus.of(step))).isLessThan(64 * 1024);
  }
}
