package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartPlan;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MartStatusTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");
  private static final MartRun RUN =
      new MartRun("s-1", NOW, null, NOW, NOW, null, RunOutcome.RUNNING, null, null, null);

  /** A name as long as people write them, and the longest message in the widest script. */
  @Test
  void aHundredTablesTakeAtMost300BytesEach() {
    var names =
        IntStream.range(0, 100)
            .mapToObj("reservation_utilization_daily_by_zone_and_car_%02d"::formatted);
    var mart = tables(names.toList());
    for (var message :
        List.of("", "x".repeat(3000), "예약".repeat(1500), "a \"quoted\"\n\tline\\".repeat(300))) {
      for (var state : TableState.values()) {
        var step = published(mart);
        MartRows.align(step);
        var now = new HashMap<String, RunProgress.Table>();
        step.tables.forEach(
            it ->
                now.put(
                    it.name(),
                    new RunProgress.Table(
                        state,
                        9_999_999_999_999L,
                        9_999_999_999_999_999L,
                        message,
                        Optional.of(999_999),
                        "0a1b2c3d")));
        MartRows.end(
            step, RUN, new RunReport(RunOutcome.FAILED, "ChecksFailed", message, now, List.of()));
        assertThat(step.tables).hasSize(100);
        assertThat(step.tables)
            .allSatisfy(row -> assertThat(bytes(row)).as("%s", row).isLessThanOrEqualTo(300));
        if (!message.isEmpty()) {
          assertThat(step.tables.getFirst().message()).hasSizeGreaterThan(10).endsWith("…");
        }
      }
    }
  }

  /** With their plan: a row of what is, a row of what the next run builds, a place in the order. */
  @Test
  void theWholeStatusOfAHundredTablesTakesAtMost300BytesEach() {
    var yaml =
        Serialization.asYaml(
                tables(IntStream.range(0, 100).mapToObj("table_%02d"::formatted).toList()))
            .replace(
                "    sql:",
                "    materialization: {type: Partitions, partitions: {partitionBy: {column: x, granularity: Day}, rebuildPartitions: 7}}\n    sql:");
    var step = published(Marts.mart(yaml));
    var mart = Marts.resolved(step.mart);
    var now = new HashMap<String, RunProgress.Table>();
    mart.tables()
        .forEach(
            it ->
                now.put(
                    it.name(),
                    new RunProgress.Table(
                        TableState.PUBLISHED,
                        40_000,
                        99_999,
                        "",
                        Optional.of(168),
                        it.builtFrom())));
    MartRows.align(step);
    MartRows.end(step, RUN, new RunReport(RunOutcome.SUCCEEDED, "Published", "", now, List.of()));
    var rows = MartRebuilds.of(step, mart);
    assertThat(rows).allMatch(it -> it.rebuilds().startsWith("7 partitions, 2026-"));
    step.plan =
        Optional.of(
            new MartPlan(
                mart.fingerprint(),
                9_999_999_999L,
                mart.tables().stream().map(ResolvedMart.Table::name).toList(),
                rows,
                List.of(),
                List.of(),
                List.of(),
                List.of()));
    assertThat(bytes(MartStatus.of(step))).isLessThanOrEqualTo(300 * 100);
  }

  @Test
  void aLongNameLeavesNoRoomForWords() {
    var mart = tables(List.of("t".repeat(130)));
    var step = published(mart);
    MartRows.align(step);
    MartRows.end(
        step,
        RUN,
        new RunReport(
            RunOutcome.FAILED,
            "JobFailed",
            "x",
            java.util.Map.of(
                "t".repeat(130),
                new RunProgress.Table(TableState.FAILED, 0, 0, "words", Optional.empty(), "")),
            List.of()));
    assertThat(step.tables.getFirst().message()).isNull();
    assertThat(bytes(step.tables.getFirst())).isLessThanOrEqualTo(300);
  }

  /** Whatever the first reason of the run's end is. */
  @Test
  void whenALimitStoppedAnythingTheRunIsNotWithinItsBudget() {
    var step = published(Marts.small());
    var report =
        new RunReport(
            RunOutcome.FAILED,
            "CheckBroken",
            "Table day: …",
            java.util.Map.of(),
            List.of(),
            java.util.Optional.of("Its query would read 3.0 GiB"));
    MartStatus.end(step, RUN, report);
    assertThat(step.conditions.get("WithinBudget").orElseThrow())
        .satisfies(
            it -> {
              assertThat(it.status()).isEqualTo(ConditionStatus.FALSE);
              assertThat(it.reason()).isEqualTo("LimitExceeded");
              assertThat(it.message()).isEqualTo("Its query would read 3.0 GiB");
            });
  }

  /** CEL knows the form of a cron, not whether it ever fires: status is written all the same. */
  @Test
  void aScheduleThatCannotFireHasNoNextRun() {
    var mart = Marts.mart(Marts.SMALL.replace("30 5 * * *", "99 5 * * *"));
    var step = new MartStep(mart, Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(MartStatus.of(step).nextRun()).isNull();
    assertThat(MartResolver.resolve(mart, Marts.around(mart)))
        .isInstanceOf(MartResolution.Unresolved.class);
  }

  private static MartStep published(DataMart mart) {
    return new MartStep(Marts.published(mart, NOW), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static DataMart tables(List<String> names) {
    return Marts.mart(
        Marts.SMALL.substring(0, Marts.SMALL.indexOf("  tables:"))
            + "  tables:\n"
            + names.stream()
                .map("  - {name: %s, sql: {inline: \"SELECT 1 AS x\"}}\n"::formatted)
                .collect(Collectors.joining()));
  }

  private static int bytes(Object of) {
    return Serialization.asJson(of).getBytes(StandardCharsets.UTF_8).length;
  }

  /** What the figures above are of. */
  @Test
  void aRowIsWhatTheApiServerStores() {
    var row =
        new MartTableStatus("day", TableState.PUBLISHED, 3L, 24, 10L, NOW, NOW, "0a1b2c3d", null);
    assertThat(Serialization.asJson(row).replaceAll("\\s", ""))
        .isEqualTo(
            "{\"name\":\"day\",\"state\":\"Published\",\"rows\":3,\"windowHours\":24,\"bytes\":10,\"dataThrough\":\"2026-11-24T20:30:10Z\",\"publishedAt\":\"2026-11-24T20:30:10Z\",\"builtFrom\":\"0a1b2c3d\"}");
  }
}
