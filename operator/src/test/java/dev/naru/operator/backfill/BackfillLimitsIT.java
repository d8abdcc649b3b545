package dev.naru.operator.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.LocalMarts;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.mart.Marts;
import dev.naru.operator.mart.TableLocks;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Backfills are billed for on a BigQuery that bills, against their limits. */
class BackfillLimitsIT {

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private static final long MIB = 1L << 20;
  private static final String DAYS =
      "tables: [day]\nparallelism: 2\nrange: {from: \"2026-01-01\", to: \"2026-01-05\"}\n";

  private static LocalMarts marts;

  private BackfillProgress progress =
      new BackfillProgress(
          new BackfillProgress.Snapshot(0, List.of(), 0, 0, Optional.empty(), List.of()), () -> {});

  @BeforeAll
  static void start() throws Exception {
    marts = LocalMarts.start();
  }

  @AfterAll
  static void stop() throws Exception {
    marts.close();
  }

  private BackfillEnd go(MartHistory history, String spec, long limit) throws Exception {
    var plan = BackfillPlan.of(Backfills.backfill(spec).getSpec(), history, now);
    var work =
        new BackfillWork(
            new ResourceID("history", "rental"),
            "b-u-1",
            new ResourceID("store", "rental"),
            plan,
            new BackfillRun("b-1", null, now, null, RunOutcome.RUNNING),
            history.contents(plan.tables()),
            false,
            Optional.of(limit),
            2);
    var intervals = new Intervals(marts, new TableLocks(), Clock.systemUTC());
    return new BackfillRunner(
            work, intervals, () -> new MartStanding.Usable(history), progress, () -> true)
        .run();
  }

  @Test
  void limitsHoldForWhatBigQueryBills() throws Exception {
    var history = Marts.history(LocalMarts.mart("parallelism: 2"));
    var refused = go(history, DAYS, 100 * MIB);
    assertThat(refused.reason()).isEqualTo("LimitExceeded");
    assertThat(refused.message())
        .contains("would read 280.0 MiB, and spec.limits.maxBytesBilled allows 100.0 MiB.")
        .contains("Nothing was spent");
    assertThat(marts.billed("history")).isZero();

    var perRun =
        go(Marts.history(LocalMarts.mart("limits: {maxBytesBilledPerRun: 60Mi}")), DAYS, 1L << 40);
    assertThat(perRun.message())
        .contains("would read 70.0 MiB, and spec.limits.maxBytesBilledPerRun of DataMart")
        .contains("allows 60.0 MiB for one run. Nothing was spent");
    assertThat(marts.billed("history")).isZero();

    var done = go(history, DAYS, 400 * MIB);
    assertThat(done.result()).as(done.message()).contains(RunOutcome.SUCCEEDED);
    assertThat(progress.now().bytes())
        .isEqualTo(marts.billed("history"))
        .isLessThanOrEqualTo(400 * MIB);
    assertThat(marts.ask("SELECT CAST(SUM(rides) AS STRING) FROM store.day")).isEqualTo("800");
  }
}
