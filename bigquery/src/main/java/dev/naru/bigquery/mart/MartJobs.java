package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.JobCancelled;
import dev.naru.bigquery.JobRunner;
import dev.naru.bigquery.JobStep;
import dev.naru.bigquery.JobWatch;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Warehouse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Jobs of a mart's run: their ids, labels and caps, and failures in words of a DataMart. */
final class MartJobs {

  private final JobRunner jobs;
  private final Optional<Long> cap;

  MartJobs(JobRunner jobs, Warehouse warehouse) {
    this.jobs = jobs;
    this.cap = warehouse.maxBytesBilledPerQuery();
  }

  /**
   * One step of a run for one table.
   *
   * @param name what it does; together with the job's text, as far as it is planned, it makes the
   *     id
   */
  record Step(MartRun run, MartTable table, String name) {

    JobStep jobStep(String text, JobConfiguration configuration) {
      var parameters = String.valueOf(configuration.getQuery().getQueryParameters());
      var hash = Hashes.sha256Hex(text, parameters).substring(0, 12);
      return new JobStep(run.key(), "%s %s %s".formatted(name, table.id(), hash));
    }

    Map<String, String> labels() {
      var labels = new TreeMap<>(run.owner().labels());
      labels.put("naru_table", label(table.id().table()));
      labels.put("naru_run", label(run.id()));
      return labels;
    }
  }

  /** A value that a label may have. */
  static String label(String text) {
    var value = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_-]", "_");
    return value.length() <= 63 ? value : value.substring(0, 63);
  }

  /** Runs a job that may be cancelled. */
  Job run(Step step, JobConfiguration configuration, long maxBytes) {
    return run(
        step,
        configuration.getQuery().getQuery(),
        configuration,
        Math.min(maxBytes, cap.orElse(maxBytes)),
        step.run().cancelled());
  }

  /**
   * Runs a job that goes on to its end whatever anybody asks for. What it may be billed for is no
   * limit of the run, which was asked before: so much it cannot need.
   *
   * @param cost at most what it is billed for
   */
  Job finish(Step step, JobConfiguration configuration, Cost cost) {
    return finish(step, configuration.getQuery().getQuery(), configuration, cost);
  }

  /** As above; a text that ends with a row of the ledger. */
  Job finish(Step step, String sql, MartLedger.Row row, Cost cost) {
    var planned = MartLedger.planned(sql, row);
    var none = new Statement("", Map.of());
    var id = step.jobStep(planned, Parameters.job(sql, none)).id();
    var configuration = Parameters.job(MartLedger.signed(sql, id), none);
    configuration.setLabels(JobRunner.meaning(planned));
    return finish(step, planned, configuration, cost);
  }

  private Job finish(Step step, String planned, JobConfiguration configuration, Cost cost) {
    var most = Math.min(cost.safely(), cap.orElse(Long.MAX_VALUE));
    return run(step, planned, configuration, most, () -> false);
  }

  /** What a publish was billed for that somebody has done; 0 when nobody knows any more. */
  long billed(MartLedger.Done done) {
    return done.job().flatMap(jobs::done).map(MartJobs::billed).orElse(0L);
  }

  /**
   * Refuses a publish that the Warehouse's cap would stop.
   *
   * @throws ActionNeededFailure with estimate and cap
   */
  void permit(MartTable table, Cost cost) {
    if (cap.isPresent() && cost.bytes() > cap.get()) {
      throw new ActionNeededFailure(
          WarehouseReason.BYTES_CAP_EXCEEDED,
          "%s: publishing it may be billed for %d bytes, and spec.bigQuery.maxBytesBilledPerQuery of the Warehouse allows %d; nothing was published. Raise it, or publish less: type Partitions reads nothing of what is there."
              .formatted(table.path(), cost.bytes(), cap.get()));
    }
  }

  private Job run(
      Step step,
      String planned,
      JobConfiguration configuration,
      long maxBytes,
      BooleanSupplier cancelled) {
    if (maxBytes < Long.MAX_VALUE) {
      // 0 would mean no limit at all
      configuration.getQuery().setMaximumBytesBilled(Math.max(maxBytes, 1));
    }
    var labels = new TreeMap<>(step.labels());
    Optional.ofNullable(configuration.getLabels()).ifPresent(labels::putAll);
    configuration.setLabels(labels);
    try {
      return jobs.run(step.jobStep(planned, configuration), configuration, watch(step, cancelled));
    } catch (JobCancelled e) {
      throw (RunCancelled) new RunCancelled().initCause(e);
    } catch (ActionNeededFailure e) {
      throw inWordsOfMarts(step, maxBytes, e);
    }
  }

  private static JobWatch watch(Step step, BooleanSupplier cancelled) {
    return new JobWatch() {
      @Override
      public boolean cancelled() {
        return cancelled.getAsBoolean();
      }

      @Override
      public void lost(Job job) {
        step.run().lost().billed(step.table().id(), job.getJobReference().getJobId(), billed(job));
      }
    };
  }

  private static ActionNeededFailure inWordsOfMarts(
      Step step, long maxBytes, ActionNeededFailure e) {
    if (e.reason() == WarehouseReason.BYTES_CAP_EXCEEDED) {
      return new ActionNeededFailure(
          WarehouseReason.BYTES_CAP_EXCEEDED,
          "%s: %s would be billed for more than the %d bytes that it may; nothing was read. Google says: %s Raise spec.limits.maxBytesBilledPerRun of the DataMart or spec.bigQuery.maxBytesBilledPerQuery of the Warehouse, whichever is lower, or read less."
              .formatted(step.table().path(), step.name(), maxBytes, googlesWords(e.getMessage())),
          e);
    }
    return new ActionNeededFailure(e.reason(), step.table().path() + ": " + e.getMessage(), e);
  }

  private static String googlesWords(String message) {
    var from = message.indexOf("Query exceeded");
    var to = message.indexOf(" Raise spec.");
    return from < 0 || to < from ? message : message.substring(from, to);
  }

  /** What a finished job was billed for. */
  static long billed(Job job) {
    var query = job.getStatistics() == null ? null : job.getStatistics().getQuery();
    return query == null || query.getTotalBytesBilled() == null ? 0 : query.getTotalBytesBilled();
  }

  /** The one row of a check, asked for again when the answer of an adopted job has expired. */
  Query.Row row(Step step, JobConfiguration configuration, Job job, long maxBytes) {
    return jobs.rows(job)
        .or(
            () ->
                jobs.rows(
                    run(
                        new Step(step.run(), step.table(), step.name() + " again"),
                        configuration,
                        maxBytes)))
        .filter(rows -> !rows.isEmpty())
        .map(List::getFirst)
        .orElseThrow(
            () ->
                new RetryableFailure(
                    WarehouseReason.JOB_FAILED,
                    "%s: %s answered no row.".formatted(step.table().path(), step.name())));
  }
}
