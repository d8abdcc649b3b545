package dev.naru.worker.run;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.Ledger;
import dev.naru.bigquery.LedgerRow;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult;
import dev.naru.runfile.RunResult.Outcome;
import dev.naru.worker.source.Source;
import dev.naru.worker.stage.Manifest;
import dev.naru.worker.stage.StagingFolder;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: identify, read, stage, verify, publish, report. Any pod of the run may take it up at any
 * point; the ledger decides whether it has published, and it publishes at most once.
 */
public final class IngestionRun {

  private static final Logger LOG = LoggerFactory.getLogger(IngestionRun.class);

  private final RunFile run;
  private final RunIdentity self;
  private final WarehouseSession warehouse;
  private final Supplier<Source> sources;
  private final Ledger ledger;
  private final RunReport report;

  /**
   * @param sources opens the source of the run file; called only when something has to be read
   */
  public IngestionRun(
      RunFile run,
      RunIdentity self,
      WarehouseSession warehouse,
      Supplier<Source> sources,
      Clock clock) {
    this.run = run;
    this.self = self;
    this.warehouse = warehouse;
    this.sources = sources;
    this.ledger = warehouse.ledger(run.destination().dataset());
    this.report = new RunReport(run, self, clock);
  }

  /** Runs to the end. Failures are a result too: recorded where that is possible, never thrown. */
  public RunResult execute() throws InterruptedException {
    LOG.atInfo()
        .addKeyValue("job", run.job().namespace() + "/" + run.job().name())
        .addKeyValue("run", self.id())
        .addKeyValue("key", self.key())
        .addKeyValue("target", self.target())
        .addKeyValue("pod", self.pod())
        .log("run begins");
    try {
      return attempt();
    } catch (Failure failure) {
      return publishedMeanwhile(failure).orElseGet(() -> recorded(report.failed(failure), failure));
    } catch (RuntimeException defect) {
      return recorded(report.failed(defect), defect);
    }
  }

  private RunResult attempt() throws InterruptedException {
    ledger.create();
    var own = ledger.find(self.target(), self.key()).filter(IngestionRun::isPublished);
    if (own.isPresent()) {
      return alreadyPublished(own.get());
    }
    var last = ledger.lastPublished(self.target());
    var decision = LoadDecision.of(run, self, last, warehouse.tables().find(self.target()));
    LOG.atInfo()
        .addKeyValue("mode", decision.mode())
        .addKeyValue("reason", decision.reason().orElse(""))
        .addKeyValue("previousBound", decision.previousBound().orElse(""))
        .addKeyValue("lastPublished", last.map(LedgerRow::runId).orElse("none"))
        .log("decided");
    var base = last.map(LedgerRow::runKey);
    var folder = folder(base, decision.mode());
    var target = warehouse.target(run);
    var manifest = new Reading(self, sources, target, folder).manifest(decision);
    var publishing = new Publishing(run, self, warehouse, ledger, target, report);
    var result = publishing.publish(manifest, base);
    finish(result, publishing, manifest, folder);
    return result;
  }

  /** Two attempts share what they read when they began after the same publish, in the same mode. */
  private StagingFolder folder(Optional<String> base, Mode mode) {
    var path = "naru/%s/%s/%s/".formatted(run.job().namespace(), run.job().name(), self.key());
    var round = Hashes.sha256Hex(base.orElse(""), mode.name()).substring(0, 8);
    return new StagingFolder(warehouse.bucket(), path, round);
  }

  /** The target holds the rows already: what cannot be tidied up now costs little and expires. */
  private void finish(
      RunResult result, Publishing publishing, Manifest manifest, StagingFolder folder) {
    try {
      folder.write(result);
      warehouse.tables().delete(publishing.staging(manifest));
      folder.clear();
    } catch (Failure failure) {
      LOG.atWarn()
          .addKeyValue("error", failure.getMessage())
          .log("cleanup failed: published, but staged files or table remain; they expire");
    }
  }

  private RunResult alreadyPublished(LedgerRow row) {
    LOG.atInfo()
        .addKeyValue("run", self.id())
        .addKeyValue("recordedAt", row.recordedAt().map(String::valueOf).orElse("unknown"))
        .log("already published");
    return report.alreadyPublished(row);
  }

  /** Whatever went wrong: when the ledger says that this run published, it did. */
  private Optional<RunResult> publishedMeanwhile(Failure failure) {
    if (failure.reason() == WarehouseReason.WAREHOUSE_UNREACHABLE) {
      return Optional.empty();
    }
    try {
      return ledger
          .find(self.target(), self.key())
          .filter(IngestionRun::isPublished)
          .map(this::alreadyPublished);
    } catch (Failure second) {
      LOG.atWarn().addKeyValue("error", second.getMessage()).log("ledger unreadable");
      return Optional.empty();
    }
  }

  /** The termination message says the same; the ledger is for when that is lost. */
  private RunResult recorded(RunResult result, RuntimeException cause) {
    LOG.atError()
        .addKeyValue("outcome", result.outcome())
        .addKeyValue("reason", result.reason())
        .addKeyValue("text", result.message())
        .setCause(cause)
        .log("run failed");
    if (result.reason().equals(WarehouseReason.WAREHOUSE_UNREACHABLE.code())) {
      return result;
    }
    try {
      ledger.recordFailure(report.row(result));
      folder(Optional.empty(), run.load().mode()).write(result);
    } catch (Failure failure) {
      LOG.atWarn().addKeyValue("error", failure.getMessage()).log("record failed");
    }
    return result;
  }

  private static boolean isPublished(LedgerRow row) {
    return row.outcome() == Outcome.PUBLISHED;
  }
}
