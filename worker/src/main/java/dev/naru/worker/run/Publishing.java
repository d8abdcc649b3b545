package dev.naru.worker.run;

import dev.naru.bigquery.JobStep;
import dev.naru.bigquery.Ledger;
import dev.naru.bigquery.LoadJob;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.PublishScript;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.Target;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunResult;
import dev.naru.worker.stage.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the staging bucket into the target: one load job, one transaction. */
final class Publishing {

  private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);

  /** Longer than any run; a table left by a death goes away by itself. */
  private static final Duration STAGING_LIFE = Duration.ofHours(24);

  private final RunFile run;
  private final RunIdentity self;
  private final WarehouseSession warehouse;
  private final Ledger ledger;
  private final Target target;
  private final RunReport report;

  Publishing(
      RunFile run,
      RunIdentity self,
      WarehouseSession warehouse,
      Ledger ledger,
      Target target,
      RunReport report) {
    this.run = run;
    this.self = self;
    this.warehouse = warehouse;
    this.ledger = ledger;
    this.target = target;
    this.report = report;
  }

  /**
   * Loads, verifies and publishes.
   *
   * @param base run key of the run whose rows the target held when this run decided what to read
   */
  RunResult publish(Manifest manifest, Optional<String> base) {
    var staging = staging(manifest);
    var columns = manifest.plan().columns();
    var owner = Owner.ingestionJob(run.job().namespace(), run.job().name());
    // a staging table that expired between two attempts is a new table, and its load a new job
    var made =
        warehouse
            .tables()
            .createStaging(staging, columns, owner, self.startTime().plus(STAGING_LIFE));
    var step = manifest.hash() + " " + made.created().map(Instant::toString).orElse("");
    if (!manifest.chunks().isEmpty()) {
      load(manifest, staging, step);
    }
    var prepared = target.prepare(self.key(), columns);
    prepared.notes().forEach(note -> LOG.atWarn().addKeyValue("text", note).log("schema note"));
    var result = report.published(manifest, prepared.notes());
    var script =
        new PublishScript(
            self.target(),
            staging,
            ledger.table(),
            columns,
            prepared.columns(),
            manifest.plan().mode(),
            run.primaryKey(),
            run.load().cursor().map(RunFile.Cursor::column),
            base,
            manifest.rows(),
            report.row(result, manifest, prepared.created()));
    warehouse
        .jobs()
        .run(new JobStep(self.key(), "publish " + step), warehouse.query().statement(script.sql()));
    LOG.atInfo()
        .addKeyValue("target", self.target())
        .addKeyValue("mode", manifest.plan().mode())
        .addKeyValue("rows", manifest.rows())
        .addKeyValue("bytes", manifest.bytes())
        .log("published");
    return result;
  }

  private void load(Manifest manifest, TableId staging, String step) {
    var job =
        warehouse
            .jobs()
            .run(
                new JobStep(self.key(), "load " + step),
                LoadJob.of(staging, manifest.plan().columns(), manifest.uris()));
    var loaded = LoadJob.rows(job);
    LOG.atInfo()
        .addKeyValue("table", staging)
        .addKeyValue("rows", loaded)
        .addKeyValue("files", manifest.chunks().size())
        .log("loaded");
    if (loaded != manifest.rows()) {
      throw new RetryableFailure(
          WarehouseReason.VERIFICATION_FAILED,
          "%d rows were staged but BigQuery loaded %d (job %s). The target was not touched; the run will be tried again."
              .formatted(manifest.rows(), loaded, job.getJobReference().getJobId()));
    }
  }

  /** The staging table of a manifest; two manifests never share one. */
  TableId staging(Manifest manifest) {
    return new TableId(
        warehouse.warehouse().project(),
        warehouse.warehouse().opsDataset(),
        "stg_" + self.key().substring(0, 16) + "_" + manifest.hash());
  }
}
