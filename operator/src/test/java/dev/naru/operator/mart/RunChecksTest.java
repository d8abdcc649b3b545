package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.mart.Check;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RunChecksTest {

  private static final Instant END = Instant.parse("2026-11-24T15:00:00Z");
  private static final DataMart MART = mart("30 5 * * *", "");

  private static DataMart mart(String cron, String more) {
    return Marts.mart(
        """
        apiVersion: naru.dev/v1alpha1
        kind: DataMart
        metadata: {name: store, namespace: rental}
        spec:
          warehouseRef: {name: main}
          dataset: {name: store}
          schedule: {cron: "%s", timeZone: Asia/Seoul}
          tables:
          - name: day
            sql: {inline: "SELECT 1 FROM raw.x"}
            materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}, rebuildPartitions: 7, since: "2020-01-01"}}
            checks: &checks
            - {name: rows, type: Rows, rows: {min: 1, max: 99, maxChangePercent: 50}}
            - {name: fresh, type: Freshness, columns: [day], freshness: {maxAge: 26h}}
          - name: single
            sql: {inline: "SELECT 1 FROM raw.x"}
            materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}}}
            checks: *checks
          - name: month
            sql: {inline: "SELECT 1 FROM raw.x"}
            materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Month}}}
            checks: *checks
          - name: all
            sql: {inline: "SELECT 1 FROM raw.x"}
            checks: *checks
          - name: merged
            sql: {inline: "SELECT 1 FROM raw.x"}
            materialization: {type: Merge, merge: {key: [id], orderBy: [updated_at]}}
            checks: *checks
        """
                .formatted(cron)
            + more);
  }

  private static List<Check> checks(
      DataMart mart, String table, Instant end, Optional<MartTableStatus> known) {
    var run = new MartTrigger.Due("s-1", end, Optional.empty(), Optional.empty(), end).run(end);
    var plan = RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, known.stream().toList());
    return RunChecks.of(plan, plan.table(table)).stream()
        .filter(it -> it instanceof Check.Rows || it instanceof Check.Freshness)
        .toList();
  }

  private static Optional<Check.Change> change(String table, Integer hours, Instant end) {
    return change(table, hours, end, end.minus(Duration.ofDays(1)));
  }

  private static Optional<Check.Change> change(
      String table, Integer hours, Instant end, Instant through) {
    return ((Check.Rows)
            checks(MART, table, end, Optional.of(row(table, 1000, hours, through))).getFirst())
        .change();
  }

  private static MartTableStatus row(String table, long rows, Integer hours, Instant through) {
    return new MartTableStatus(
        table, TableState.PUBLISHED, rows, hours, 0L, through, through, null, null);
  }

  private static Optional<Check.Change> atMost(Optional<Long> least, Optional<Long> most) {
    return Optional.of(new Check.Change(50, 1000, least, most));
  }

  @Test
  void aWindowIsComparedWithOneOfItsLength() {
    assertThat(change("day", 7 * 24, END))
        .isEqualTo(atMost(Optional.of(1000L), Optional.of(1000L)));
    assertThat(change("all", null, END)).isEqualTo(atMost(Optional.of(1000L), Optional.of(1000L)));
    assertThat(change("merged", 24, END)).isEqualTo(atMost(Optional.of(1000L), Optional.of(1000L)));
  }

  /** Else a mart whose first run built years would never pass again. */
  @Test
  void aShorterWindowThanBeforeHasNoMoreRows() {
    assertThat(change("day", 2500 * 24, END))
        .isEqualTo(atMost(Optional.empty(), Optional.of(1000L)));
    assertThat(change("merged", 490_000, END))
        .isEqualTo(atMost(Optional.empty(), Optional.of(1000L)));
  }

  /** Else what a check kept back would pass a day later, when the window is longer. */
  @Test
  void aLongerWindowThanBeforeHasNoFewerRowsAndNotManyMore() {
    assertThat(change("single", 24, END, END.minus(Duration.ofDays(3))))
        .isEqualTo(atMost(Optional.of(1000L), Optional.of(3000L)));
  }

  @Test
  void aMonthThatGoesOnMayGrow() {
    var tenth = Instant.parse("2026-11-09T15:00:00Z");
    assertThat(change("month", 8 * 24, tenth))
        .isEqualTo(atMost(Optional.of(1000L), Optional.empty()));
    var second = Instant.parse("2026-11-01T15:00:00Z");
    assertThat(change("month", 31 * 24, second))
        .isEqualTo(atMost(Optional.empty(), Optional.of(1000L)));
  }

  @Test
  void whatIsNotKnownIsNotCompared() {
    assertThat(change("day", null, END)).isEmpty();
    assertThat(change("all", 24, END)).isEmpty();
  }

  @Test
  void aSecondRunOfADayDemandsNoRowsOfAMerge() {
    var again = checks(MART, "merged", END, Optional.of(row("merged", 1000, 24, END)));
    assertThat(again)
        .containsExactly(
            new Check.Rows("rows", Optional.empty(), Optional.of(99L), Optional.empty()));
    assertThat(
            checks(
                MART,
                "merged",
                END,
                Optional.of(row("merged", 1000, 24, END.minus(Duration.ofDays(1))))))
        .hasSize(2);
  }

  @Test
  void aDayThatHasJustBegunNeedsNoRowsBesideHours() {
    var hourly =
        mart(
            "5 * * * *",
            """
              - name: hour
                sql: {inline: "SELECT 1 FROM raw.x"}
                materialization: {type: Partitions, partitions: {partitionBy: {column: at, granularity: Hour}}}
            """);
    var one = END.plus(Duration.ofHours(1));
    assertThat(checks(hourly, "single", one, Optional.of(row("single", 9, 24, END))))
        .containsExactly(
            new Check.Rows("rows", Optional.empty(), Optional.of(99L), Optional.empty()));
    assertThat(checks(hourly, "day", one, Optional.of(row("day", 9, 24, END)))).hasSize(2);
    assertThat(checks(hourly, "single", END, Optional.of(row("single", 9, 24, END)))).hasSize(2);
  }

  @Test
  void whichRowOfAKeyIsPublishedIsNeverLuck() {
    var run = new MartTrigger.Due("s-1", END, Optional.empty(), Optional.empty(), END).run(END);
    var plan = RunPlan.of(Marts.resolved(MART), MART.getSpec(), run, List.of());
    assertThat(RunChecks.of(plan, plan.table("merged")).getFirst())
        .isEqualTo(new Check.OneNewest("merge.key", List.of("id"), List.of("updated_at")));
    assertThat(RunChecks.of(plan, plan.table("all"))).noneMatch(Check.OneNewest.class::isInstance);
  }

  @Test
  void aDayIsMeantInTheZoneOfTheMart() {
    assertThat(checks(MART, "day", END, Optional.empty()).getLast())
        .isEqualTo(
            new Check.Freshness(
                "fresh", "day", Duration.ofHours(26), END, MartWindows.zone(MART.getSpec())));
  }
}
