package dev.naru.operator.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.operator.mart.Marts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillPlanTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");

  private static BackfillPlan plan(DataMart mart, String spec) throws BackfillPlan.Refused {
    return BackfillPlan.of(Backfills.backfill(spec).getSpec(), Marts.history(mart), NOW);
  }

  private static List<String> texts(String spec, String zone) throws BackfillPlan.Refused {
    var mart = Backfills.mart();
    return plan(
            Marts.mart(
                io.fabric8.kubernetes.client.utils.Serialization.asYaml(mart)
                    .replace("Asia/Seoul", zone)),
            spec)
        .intervals()
        .stream()
        .map(it -> it.text(ZoneId.of(zone)))
        .toList();
  }

  private static void refused(String spec, String... words) {
    assertThatThrownBy(() -> plan(Backfills.mart(), spec))
        .isInstanceOf(BackfillPlan.Refused.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void daysBeginInTheZoneOfTheMart() throws BackfillPlan.Refused {
    var plan = plan(Marts.small(), "range: {from: \"2026-01-30\", to: \"2026-02-02\"}");
    assertThat(plan.tables()).containsExactly("day");
    assertThat(plan.intervals())
        .containsExactly(
            new Interval(
                Instant.parse("2026-01-29T15:00:00Z"), Instant.parse("2026-01-30T15:00:00Z")),
            new Interval(
                Instant.parse("2026-01-30T15:00:00Z"), Instant.parse("2026-01-31T15:00:00Z")),
            new Interval(
                Instant.parse("2026-01-31T15:00:00Z"), Instant.parse("2026-02-01T15:00:00Z")));
    assertThat(plan.intervals().getFirst().name(ZoneId.of("Asia/Seoul"))).isEqualTo("20260130");
  }

  @Test
  void theNewestMayComeFirst() throws BackfillPlan.Refused {
    assertThat(
            texts(
                "tables: [day]\norder: NewestFirst\nrange: {from: \"2026-01-01\", to: \"2026-01-03\"}",
                "UTC"))
        .containsExactly("2026-01-02 to 2026-01-03", "2026-01-01 to 2026-01-02");
  }

  @Test
  void severalPartitionsMakeOneIntervalAndTheLastMayBeShorter() throws BackfillPlan.Refused {
    assertThat(
            texts(
                "tables: [day]\npartitionsPerInterval: 7\nrange: {from: \"2026-01-01\", to: \"2026-01-10\"}",
                "UTC"))
        .containsExactly("2026-01-01 to 2026-01-08", "2026-01-08 to 2026-01-10");
  }

  @Test
  void monthsHaveTheirOwnLength() throws BackfillPlan.Refused {
    assertThat(
            texts(
                "tables: [month]\nrange: {from: \"2028-01-01\", to: \"2028-01-01\"}"
                    .replace("2028-01-01\"}", "2028-03-01\"}")
                    .replace("2028", "2024"),
                "UTC"))
        .containsExactly("2024-01-01 to 2024-02-01", "2024-02-01 to 2024-03-01");
  }

  @Test
  void theLongestPartitionIsTheIntervalOfAll() throws BackfillPlan.Refused {
    assertThat(
            texts("tables: [month, day]\nrange: {from: \"2026-01-01\", to: \"2026-03-01\"}", "UTC"))
        .containsExactly("2026-01-01 to 2026-02-01", "2026-02-01 to 2026-03-01");
    assertThat(
            plan(
                    Backfills.mart(),
                    "tables: [month, day]\nrange: {from: \"2026-01-01\", to: \"2026-02-01\"}")
                .tables())
        .as("parents first")
        .containsExactly("day", "month");
  }

  @Test
  void hoursGoOnOverNightsAndClockChanges() throws BackfillPlan.Refused {
    assertThat(
            texts(
                "tables: [hour]\nrange: {from: \"2026-01-01T22:00:00Z\", to: \"2026-01-02T01:00:00Z\"}",
                "UTC"))
        .containsExactly(
            "2026-01-01T22:00:00Z to 2026-01-01T23:00:00Z",
            "2026-01-01T23:00:00Z to 2026-01-02",
            "2026-01-02 to 2026-01-02T01:00:00Z");
    var berlin =
        plan(
                Marts.mart(
                    io.fabric8.kubernetes.client.utils.Serialization.asYaml(Backfills.mart())
                        .replace("Asia/Seoul", "Europe/Berlin")),
                "tables: [hour]\nrange: {from: \"2026-03-29\", to: \"2026-03-30\"}")
            .intervals();
    assertThat(berlin).hasSize(23);
    assertThat(berlin).allMatch(it -> Duration.between(it.from(), it.to()).toHours() == 1);
  }

  @Test
  void aDayWithoutMidnightMovesNoOtherDay() throws BackfillPlan.Refused {
    assertThat(
            texts(
                "tables: [day]\nrange: {from: \"2026-09-05\", to: \"2026-09-09\"}",
                "America/Santiago"))
        .containsExactly(
            "2026-09-05 to 2026-09-06",
            "2026-09-06 to 2026-09-07",
            "2026-09-07 to 2026-09-08",
            "2026-09-08 to 2026-09-09");
  }

  @Test
  void aDayOfTheClockChangeIsOneInterval() throws BackfillPlan.Refused {
    assertThat(
            texts(
                "tables: [day]\nrange: {from: \"2026-10-24\", to: \"2026-10-27\"}",
                "Europe/Berlin"))
        .containsExactly(
            "2026-10-24 to 2026-10-25", "2026-10-25 to 2026-10-26", "2026-10-26 to 2026-10-27");
  }

  @Test
  void aBoundBetweenPartitionsIsRefusedWithBothNeighbours() {
    refused(
        "tables: [month]\nrange: {from: \"2026-01-15\", to: \"2026-03-01\"}",
        "spec.range.from: 2026-01-15 is not on the partitions of table month",
        "of one month in time zone Asia/Seoul: write 2026-01-01 or 2026-02-01");
    refused(
        "tables: [day]\nrange: {from: \"2026-01-01\", to: \"2026-01-02T00:00:00Z\"}",
        "spec.range.to: 2026-01-02T00:00:00Z is not on",
        "write 2026-01-02 or 2026-01-03");
    refused(
        "tables: [day]\nrange: {from: \"2026-02-30\", to: \"2026-03-02\"}",
        "spec.range.from: '2026-02-30' is no day of the calendar");
  }

  @Test
  void whatIsNotCompleteYetIsRefused() {
    refused(
        "tables: [day]\nrange: {from: \"2026-11-01\", to: \"2026-11-26\"}",
        "spec.range.to: 2026-11-26 lies after 2026-11-25T05:00:00+09:00");
    refused(
        "tables: [day]\nrange: {from: \"2026-01-02T00:00:00+09:00\", to: \"2026-01-02\"}",
        "to must be later than from");
  }

  @Test
  void tablesThatCannotBeFilledAreRefusedWithThoseThatCan() {
    refused(
        "tables: [weak]\nrange: {from: \"2026-01-01\", to: \"2026-01-02\"}",
        "DataMart store has no table 'weak'; did you mean 'week'?");
    refused(
        "tables: [week]\nrange: {from: \"2026-01-01\", to: \"2026-01-02\"}",
        "table week is of type Table",
        "every run of the mart builds it whole",
        "Tables of type Partitions are day, month, hour, afterlook, afterweek");
    refused("tables: [look]\nrange: {from: \"2026-01-01\", to: \"2026-01-02\"}", "is of type View");
  }

  @Test
  void aTableWithRowsOfItsOwnMayNotStandBetween() {
    refused(
        "tables: [day, afterweek]\nrange: {from: \"2026-01-01\", to: \"2026-01-02\"}",
        "table week stands between two of them");
  }

  @Test
  void tooManyIntervalsAreRefused() {
    refused(
        "tables: [hour]\nrange: {from: \"2020-01-01\", to: \"2026-01-01\"}",
        "more than 10,000 intervals",
        "spec.partitionsPerInterval");
    refused(
        "tables: [hour, month]\npartitionsPerInterval: 12\nrange: {from: \"2020-01-01\", to: \"2026-01-01\"}",
        "about 8928 partitions of table hour, and BigQuery changes at most 4000");
  }
}
