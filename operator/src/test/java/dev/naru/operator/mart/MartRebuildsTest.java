package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTablePlan;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan says of the rows of tables. */
final class MartRebuildsTest {

  /** Half past five in the morning of the 25th in Seoul, when the schedule fires. */
  private static final Instant FIRING = Instant.parse("2026-11-24T20:30:00Z");

  private static final Instant MIDNIGHT = Instant.parse("2026-11-24T15:00:00Z");

  private static final String MERGE =
      Marts.SMALL.replace(
          "- name: week",
          "- name: week\n    materialization: {type: Merge, merge: {key: [car_id]}}");

  private static MartTablePlan plan(DataMart mart, Instant now, String table) {
    var step = new MartStep(mart, Clock.fixed(now, ZoneOffset.UTC));
    MartRows.align(step);
    return MartRebuilds.of(step, Marts.resolved(mart)).stream()
        .filter(it -> it.name().equals(table))
        .findFirst()
        .orElseThrow();
  }

  private static String rebuilds(String yaml, Optional<Instant> through, String table) {
    return plan(standing(yaml, through), FIRING.minusSeconds(600), table).rebuilds();
  }

  /** A mart whose last run was that of the day before. */
  private static DataMart standing(String yaml, Optional<Instant> through) {
    var mart = Marts.mart(yaml);
    var tables = through.map(it -> Marts.published(Marts.mart(yaml), it).getStatus().tables());
    mart.setStatus(status(tables.orElse(List.of()), null));
    return mart;
  }

  private static DataMartStatus status(List<MartTableStatus> tables, MartRun lastRun) {
    var fired = FIRING.minusSeconds(86_400);
    return new DataMartStatus(
        1L, null, null, null, lastRun, null, fired, null, null, tables, null, null, null, null,
        null);
  }

  private static String unscheduled(String yaml) {
    return yaml.replace("  schedule: {cron: \"30 5 * * *\", timeZone: Asia/Seoul}\n", "");
  }

  @Test
  void rowsStandInTheOrderTheTablesAreBuilt() {
    var step = new MartStep(Marts.small(), Clock.fixed(FIRING, ZoneOffset.UTC));
    assertThat(MartRebuilds.of(step, Marts.resolved(Marts.small())))
        .extracting(MartTablePlan::name)
        .containsExactly("day", "week");
  }

  @Test
  void theFirstRunBuildsAllPartitionsSince() {
    assertThat(rebuilds(Marts.SMALL, Optional.empty(), "day"))
        .isEqualTo("328 partitions, 2026-01-01 to 2026-11-24");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Day   | 2026-11-23T15:00:00Z | 3 partitions, 2026-11-22 to 2026-11-24",
        "Day   | 2026-11-13T15:00:00Z | 11 partitions, 2026-11-14 to 2026-11-24",
        "Month | 2026-11-23T15:00:00Z | 3 partitions, 2026-09 to 2026-11",
        "Year  | 2026-11-23T15:00:00Z | 3 partitions, 2024 to 2026",
        "Hour  | 2026-11-24T19:00:00Z | 3 partitions, 2026-11-25T02:00+09:00 to 2026-11-25T04:00+09:00"
      })
  void aScheduledRunBuildsTheNewestPartitionsAndThoseThatWereMissed(
      String granularity, Instant through, String words) {
    assertThat(
            rebuilds(
                Marts.SMALL.replace("granularity: Day", "granularity: " + granularity),
                Optional.of(through),
                "day"))
        .isEqualTo(words);
  }

  @Test
  void onePartitionIsNamedOnce() {
    assertThat(
            rebuilds(
                Marts.SMALL.replace("rebuildPartitions: 3, ", ""), Optional.of(MIDNIGHT), "day"))
        .isEqualTo("1 partition, 2026-11-24");
  }

  @Test
  void whatIsNotPartitionedSaysWhichRows() {
    assertThat(rebuilds(Marts.SMALL, Optional.empty(), "week")).isEqualTo("all rows");
    assertThat(
            rebuilds(
                Marts.SMALL.replace(
                    "- name: week", "- name: week\n    materialization: {type: View}"),
                Optional.empty(),
                "week"))
        .isEqualTo("the stored query");
    assertThat(rebuilds(MERGE, Optional.empty(), "week")).isEqualTo("all rows, by key");
    assertThat(rebuilds(MERGE, Optional.of(MIDNIGHT.minusSeconds(86_400)), "week"))
        .isEqualTo("rows by key, 2026-11-23T15:00:00Z to 2026-11-24T15:00:00Z");
    assertThat(rebuilds(MERGE, Optional.of(MIDNIGHT), "week"))
        .isEqualTo("no rows, it is complete up to 2026-11-24T15:00:00Z");
  }

  @Test
  void withoutAScheduleItIsWhatAnyRunBuilds() {
    var yaml = unscheduled(Marts.SMALL);
    assertThat(rebuilds(yaml, Optional.empty(), "day"))
        .isEqualTo("the newest 3 partitions, and all from 2026-01-01 on");
    var published = Optional.of(Instant.parse("2026-11-24T00:00:00Z"));
    assertThat(rebuilds(yaml, published, "day"))
        .isEqualTo("the newest 3 partitions, and all from 2026-11-24 on");
    assertThat(
            rebuilds(
                yaml.replace("rebuildPartitions: 3, since: \"2026-01-01\"", "rebuildPartitions: 1"),
                Optional.empty(),
                "day"))
        .isEqualTo("the newest partition");
    assertThat(rebuilds(unscheduled(MERGE), published, "week"))
        .isEqualTo("rows by key, from 2026-11-24T00:00:00Z on");
    assertThat(
            rebuilds(
                Marts.SMALL.replace("  tables:", "  suspend: true\n  tables:"), published, "day"))
        .isEqualTo("the newest 3 partitions, and all from 2026-11-24 on");
  }

  /** At rest nothing is written: neither midnights nor minutes change a word. */
  @Test
  void theClockChangesNothingUntilTheScheduleFires() {
    for (var yaml : List.of(Marts.SMALL, MERGE, unscheduled(Marts.SMALL), unscheduled(MERGE))) {
      for (var table : List.of("day", "week")) {
        var mart = standing(yaml, Optional.of(MIDNIGHT.minusSeconds(86_400)));
        var said = new HashSet<String>();
        for (var minutes = 1; minutes < 24 * 60; minutes += 7) {
          said.add(plan(mart, FIRING.minus(Duration.ofMinutes(minutes)), table).rebuilds());
        }
        assertThat(said).as("%s of %s", table, yaml).hasSize(1);
      }
    }
    var mart = standing(unscheduled(Marts.SMALL), Optional.of(MIDNIGHT));
    assertThat(plan(mart, FIRING, "day"))
        .as("a month later")
        .isEqualTo(plan(mart, FIRING.plus(Duration.ofDays(30)), "day"));
  }

  @Test
  void aRunThatGoesOnIsTheOneThatIsMeant() {
    var mart = standing(Marts.SMALL, Optional.of(MIDNIGHT.minusSeconds(86_400)));
    var before = plan(mart, FIRING.minusSeconds(60), "day");
    var run =
        new MartRun(
            "s-1", FIRING, null, MIDNIGHT, FIRING, null, RunOutcome.RUNNING, null, null, null);
    mart.setStatus(status(mart.getStatus().tables(), run));
    assertThat(plan(mart, FIRING.plusSeconds(7200), "day")).isEqualTo(before);
  }

  @Test
  void partitionsOfAnotherSqlStayUntilABackfillBuildsThem() {
    var others = "stay as they were built before this change; a Backfill builds them again";
    assertThat(others(Marts.SMALL, Marts.SMALL, "day")).isNull();
    assertThat(others(Marts.SMALL, Marts.SMALL.replace("COUNT(*)", "COUNT(1)"), "day"))
        .isEqualTo(others);
    assertThat(others(Marts.SMALL, Marts.SMALL.replace("COUNT(*)", "COUNT(1)"), "week"))
        .as("all of its rows are built anyway")
        .isNull();
    assertThat(others(MERGE, MERGE.replace("COUNT(*)", "COUNT(1)"), "week"))
        .as("what it is built from has changed")
        .isEqualTo("stay as they were built before this change");
  }

  @Test
  void anotherPartitioningOrVariableThatTheSqlDoesNotNameChangesNoRow() {
    assertThat(
            others(
                Marts.SMALL, Marts.SMALL.replace("granularity: Day", "granularity: Month"), "day"))
        .isNull();
    assertThat(
            others(
                Marts.SMALL,
                Marts.SMALL.replace("  tables:", "  variables: {a: b}\n  tables:"),
                "day"))
        .isNull();
    var named = Marts.SMALL.replace("COUNT(*)", "COUNT(@a)");
    assertThat(
            others(
                named.replace("  tables:", "  variables: {a: b}\n  tables:"),
                named.replace("  tables:", "  variables: {a: c}\n  tables:"),
                "day"))
        .isNotNull();
  }

  /** What is said of a table that was published by one spec and is declared by another now. */
  private static String others(String published, String now, String table) {
    var builtFrom = Marts.resolved(Marts.mart(published)).tables();
    var mart = Marts.mart(now);
    mart.setStatus(
        status(
            builtFrom.stream().map(it -> Marts.row(it.name(), MIDNIGHT, it.builtFrom())).toList(),
            null));
    return plan(mart, FIRING.plusSeconds(3600), table).others();
  }
}
