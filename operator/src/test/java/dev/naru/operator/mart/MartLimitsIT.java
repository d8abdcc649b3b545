package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What runs are billed for on a BigQuery that bills, against their limits. */
class MartLimitsIT {

  private static final Instant END = Instant.parse("2026-01-05T15:00:00Z");
  private static final long MIB = 1L << 20;

  private static LocalMarts marts;

  @BeforeAll
  static void start() throws Exception {
    marts = LocalMarts.start();
  }

  @AfterAll
  static void stop() throws Exception {
    marts.close();
  }

  private static RunReport run(DataMart mart, String id) {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var run = new MartRun(id, null, id, END, now, null, RunOutcome.RUNNING, null, null, null);
    var plan = RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, List.of());
    var progress = new RunProgress(plan, () -> {}, () -> true);
    return MartRunner.guarded(
        marts,
        plan,
        progress,
        "run",
        it -> new MartRunner(plan, it, progress, Clock.systemUTC(), Thread::sleep).run());
  }

  @Test
  void limitsHoldForWhatBigQueryBills() {
    var refused = run(LocalMarts.mart("limits: {maxBytesBilledPerRun: 5Mi}"), "l-1");
    assertThat(refused.reason()).isEqualTo("LimitExceeded");
    assertThat(refused.message())
        .startsWith("The run would read 70.0 MiB, 70.0 MiB of it for table day")
        .contains("spec.limits.maxBytesBilledPerRun allows 5.0 MiB. Nothing was spent.");
    assertThat(refused.bytes()).isZero();
    assertThat(marts.jobs("l-1")).isEmpty();

    var table = run(LocalMarts.mart("limits: {maxBytesBilledPerTable: 5Mi}"), "l-2");
    assertThat(table.message())
        .contains("Table day would read 10.0 MiB", "maxBytesBilledPerTable allows 5.0 MiB");
    assertThat(marts.jobs("l-2")).isEmpty();

    // enough for what is built and checked, too little for what is published
    var stopped = run(LocalMarts.mart("limits: {maxBytesBilledPerRun: 75Mi}"), "l-3");
    assertThat(stopped.reason()).isEqualTo("LimitExceeded");
    assertThat(stopped.message())
        .startsWith("Publishing 2 tables would read 100.0 MiB, the run has used 30.0 MiB already")
        .contains("allows 75.0 MiB for the whole run", "Nothing was published");
    assertThat(marts.billed("l-3")).isEqualTo(30 * MIB).isEqualTo(stopped.bytes());
    assertThat(tables()).isEqualTo("0");

    var done = run(LocalMarts.mart("limits: {maxBytesBilledPerRun: 130Mi}"), "l-4");
    assertThat(done.result()).as(done.message()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(marts.billed("l-4")).isEqualTo(done.bytes()).isLessThanOrEqualTo(130 * MIB);
    assertThat(marts.ask("SELECT CAST(SUM(rides) AS STRING) FROM store.week")).isEqualTo("1000");
    assertThat(marts.jobs("l-4"))
        .hasSize(6)
        .allSatisfy(
            it ->
                assertThat(
                        it.path("configuration").path("query").path("maximumBytesBilled").asLong())
                    .isPositive());
    everyJobHasAMaximumAlsoWhereThereIsNoLimit();
  }

  /** No job may cost more than what was looked at. */
  private static void everyJobHasAMaximumAlsoWhereThereIsNoLimit() {
    var report = run(LocalMarts.mart("parallelism: 1"), "n-1");
    assertThat(report.result()).as(report.message()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(marts.jobs("n-1"))
        .hasSize(6)
        .allSatisfy(
            it ->
                assertThat(
                        it.path("configuration").path("query").path("maximumBytesBilled").asLong())
                    .isBetween(1L << 30, 2L << 30));
  }

  private static String tables() {
    return marts.ask(
        "SELECT CAST(COUNT(*) AS STRING) FROM store.INFORMATION_SCHEMA.TABLES WHERE table_name IN ('day', 'week')");
  }
}
