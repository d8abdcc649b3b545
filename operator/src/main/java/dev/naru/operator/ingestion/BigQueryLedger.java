package dev.naru.operator.ingestion;

import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.LedgerRow;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunId;
import dev.naru.runfile.RunResult;
import java.time.Clock;
import java.time.Duration;

/** Reads the ledger in BigQuery, as the warehouse's account. */
public final class BigQueryLedger implements RunLedger {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final CallObserver observer;
  private final Clock clock;

  public BigQueryLedger(CallObserver observer, Clock clock) {
    this.observer = observer;
    this.clock = clock;
  }

  @Override
  public Entry find(RunFile runFile, RunId id) {
    var to = runFile.destination();
    try (var session =
        WarehouseSession.open(
            runFile.warehouse(),
            runFile.warehouse().labels(),
            Patience.until(clock.instant().plus(PATIENCE)),
            observer)) {
      return session
          .ledger(to.dataset())
          .find(
              new TableId(runFile.warehouse().project(), to.dataset(), to.table()), id.key(runFile))
          .<Entry>map(row -> new Entry.Found(result(row)))
          .orElseGet(() -> new Entry.Unknown("the ledger has no row of this run"));
    } catch (Failure e) {
      return new Entry.Unknown("the ledger cannot be read: " + e.getMessage());
    }
  }

  private static RunResult result(LedgerRow row) {
    return new RunResult(
        RunResult.API_VERSION,
        row.runId(),
        row.runKey(),
        row.fingerprint(),
        row.outcome(),
        row.reason(),
        row.message(),
        row.mode(),
        row.modeReason(),
        row.rows(),
        row.bytes(),
        row.dataThrough(),
        row.startTime(),
        row.recordedAt().orElse(row.startTime()));
  }
}
