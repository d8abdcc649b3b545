package dev.naru.bigquery;

import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.GetQueryResultsResponse;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobReference;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step's job to its end, at most once in effect. An id names one attempt: a job that exists
 * under it is adopted, one that failed is followed by the next id, and only a 404 leads to an
 * insert.
 */
public final class JobRunner {

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  /** Attempts per step over all pods of a run; more means something is wrong for good. */
  private static final int MAX_ATTEMPTS = 20;

  /** Attempts of one pod that failed by no fault of the job before it gives up. */
  private static final int MAX_OWN_ATTEMPTS = 6;

  /** BigQuery keeps shorter ones badly. */
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMinutes(1);

  private static final String FINGERPRINT_LABEL = "naru_config";

  private final Bigquery bigquery;
  private final Calls calls;
  private final Warehouse warehouse;
  private final Map<String, String> labels;
  private final FailureTexts texts;

  /**
   * @param labels put on every job besides the warehouse's own
   */
  JobRunner(
      Bigquery bigquery,
      Calls calls,
      Warehouse warehouse,
      Map<String, String> labels,
      FailureTexts texts) {
    this.bigquery = bigquery;
    this.calls = calls;
    this.warehouse = warehouse;
    this.labels = new TreeMap<>(labels);
    this.texts = texts;
  }

  /**
   * The finished job of a step: one that an earlier attempt started, or a new one.
   *
   * @throws Failure when the job cannot succeed; its message is Google's where we know no better
   */
  public Job run(JobStep step, JobConfiguration configuration) {
    return run(step, configuration, JobWatch.PATIENT);
  }

  /**
   * As {@link #run(JobStep, JobConfiguration)}, but gives up when somebody asks for it.
   *
   * @throws JobCancelled when asked; the job has ended then, if there was one
   */
  public Job run(JobStep step, JobConfiguration configuration, JobWatch watch) {
    var labelled = labelled(configuration);
    var ownFailures = 0;
    for (var attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var id = step.jobId(attempt);
      var found = find(id);
      var adopted = found.isPresent();
      if (!adopted && watch.cancelled()) {
        throw new JobCancelled(step);
      }
      var job = await(step, id, found.isPresent() ? found.get() : insert(id, labelled), watch);
      var failed = job.getStatus().getErrorResult();
      if (failed == null) {
        checkAdopted(step, job, labelled);
        LOG.atInfo()
            .addKeyValue("step", step)
            .addKeyValue("job", id)
            .addKeyValue("adopted", adopted)
            .addKeyValue("location", warehouse.location())
            .log("job done");
        return job;
      }
      watch.lost(job);
      var error = ApiError.of(failed);
      LOG.atWarn()
          .addKeyValue("step", step)
          .addKeyValue("job", id)
          .addKeyValue("adopted", adopted)
          .addKeyValue("error", error)
          .log("job failed");
      if (adopted) {
        continue; // what an earlier attempt died of may have been mended since
      }
      ownFailures++;
      pauseOrGiveUp(step, error, ownFailures);
    }
    throw new ActionNeededFailure(
        WarehouseReason.JOB_FAILED,
        "%s failed in all of %d attempts of this run. Look at the jobs %s to _a%d in project %s, then request a new run."
            .formatted(
                step, MAX_ATTEMPTS, step.jobId(0), MAX_ATTEMPTS - 1, warehouse.billingProject()));
  }

  private void pauseOrGiveUp(JobStep step, ApiError error, int failures) {
    var patience = patience();
    switch (error.kind()) {
      case ATTEMPT_FAILED, THROTTLED, UNKNOWN_OUTCOME -> {
        var wait = patience.delay(failures);
        if (failures >= MAX_OWN_ATTEMPTS || !patience.allows(wait, patience.deadline())) {
          throw texts.of("job " + step, error, null);
        }
        patience.sleep(wait);
      }
      case QUOTA -> {
        if (!patience.allows(patience.quotaDelay(), patience.deadline())) {
          throw texts.of("job " + step, error, null);
        }
        patience.sleep(patience.quotaDelay());
      }
      case NOT_FOUND, DUPLICATE, PRECONDITION, ACCESS_DENIED, UNAUTHENTICATED, REFUSED ->
          throw texts.of("job " + step, error, null);
    }
  }

  /**
   * The job that did a step, whoever had it run.
   *
   * @param id of the step
   */
  public Optional<Job> done(String id) {
    for (var attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var job = find(JobStep.jobId(id, attempt));
      if (job.isEmpty() || (isDone(job.get()) && job.get().getStatus().getErrorResult() == null)) {
        return job;
      }
    }
    return Optional.empty();
  }

  /** As a label: what a job means, where its text says more than that. */
  public static Map<String, String> meaning(String text) {
    return Map.of(FINGERPRINT_LABEL, Hashes.sha256Hex(text).substring(0, 32));
  }

  /** A job by its id. */
  Optional<Job> find(String id) {
    var what = "bigquery.jobs.get " + id;
    try {
      return Optional.of(
          calls.run(
              what,
              () ->
                  bigquery
                      .jobs()
                      .get(warehouse.billingProject(), id)
                      .setLocation(warehouse.location())
                      .execute()));
    } catch (ApiException e) {
      if (e.is(ApiError.Kind.NOT_FOUND)) {
        return Optional.empty();
      }
      throw texts.of(what, e.error(), e);
    }
  }

  private Job insert(String id, JobConfiguration configuration) {
    var what = "bigquery.jobs.insert " + id;
    var job =
        new Job()
            .setJobReference(
                new JobReference()
                    .setProjectId(warehouse.billingProject())
                    .setJobId(id)
                    .setLocation(warehouse.location()))
            .setConfiguration(configuration);
    try {
      return calls.run(
          what, () -> bigquery.jobs().insert(warehouse.billingProject(), job).execute());
    } catch (ApiException e) {
      if (e.is(ApiError.Kind.DUPLICATE)) {
        // our own insert whose answer was lost, or another pod's of the same run: adopt either
        return find(id).orElseThrow(() -> texts.of(what, e.error(), e));
      }
      throw texts.of(what, e.error(), e);
    }
  }

  private Patience patience() {
    return calls.patience();
  }

  /** Looks with our own schedule: quickly at first, for most jobs are short. */
  private Job await(JobStep step, String id, Job started, JobWatch watch) {
    var patience = patience();
    var job = started;
    var isCancelled = false;
    for (var poll = 0; !isDone(job); poll++) {
      if (!isCancelled && watch.cancelled()) {
        cancel(id);
        isCancelled = true;
        poll = 0;
      }
      var wait = patience.delay(poll).dividedBy(4);
      if (!patience.allows(wait, patience.deadline())) {
        throw new RetryableFailure(
            WarehouseReason.JOB_FAILED,
            "Job %s is still %s at the run's timeout. The next attempt waits for the same job instead of starting another."
                .formatted(id, job.getStatus().getState()));
      }
      if (mayHaveEnded(job, id, wait)) {
        job =
            find(id)
                .orElseThrow(
                    () ->
                        new RetryableFailure(
                            WarehouseReason.JOB_FAILED,
                            "Job %s vanished while it ran; the run will be tried again."
                                .formatted(id)));
      }
    }
    if (isCancelled) {
      watch.lost(job);
      throw new JobCancelled(step);
    }
    return job;
  }

  /**
   * Waits so long at most. BigQuery answers the question for a query's result as soon as the query
   * has ended. Anything else that it says, the error of a job that failed above all, is told by the
   * job itself: such an answer must not be taken for one about our request, and repeated.
   *
   * @return false when it certainly goes on
   */
  private boolean mayHaveEnded(Job job, String id, Duration wait) {
    var patience = patience();
    var began = patience.clock().instant();
    var isComplete =
        job.getConfiguration().getQuery() == null ? Optional.<Boolean>empty() : asked(id, wait);
    if (isComplete.orElse(false)) {
      return true;
    }
    var left = wait.minus(Duration.between(began, patience.clock().instant()));
    if (left.isPositive()) {
      patience.sleep(left);
    }
    return isComplete.isEmpty();
  }

  private Optional<Boolean> asked(String id, Duration wait) {
    return calls
        .once(
            "bigquery.jobs.getQueryResults " + id,
            () ->
                bigquery
                    .jobs()
                    .getQueryResults(warehouse.billingProject(), id)
                    .setLocation(warehouse.location())
                    .setMaxResults(0L)
                    .setTimeoutMs(wait.toMillis())
                    .execute())
        .map(GetQueryResultsResponse::getJobComplete);
  }

  private static boolean isDone(Job job) {
    return "DONE".equals(job.getStatus().getState());
  }

  /** A request: the job ends later, or has ended by itself before. */
  private void cancel(String id) {
    var what = "bigquery.jobs.cancel " + id;
    LOG.atInfo().addKeyValue("job", id).log("job cancel");
    try {
      calls.run(
          what,
          () ->
              bigquery
                  .jobs()
                  .cancel(warehouse.billingProject(), id)
                  .setLocation(warehouse.location())
                  .execute());
    } catch (ApiException e) {
      if (!e.is(ApiError.Kind.NOT_FOUND)) {
        throw texts.of(what, e.error(), e);
      }
    }
  }

  /** All rows of a finished SELECT: only for results of a few rows. Empty when they expired. */
  public Optional<List<Query.Row>> rows(Job job) {
    var id = job.getJobReference().getJobId();
    var what = "bigquery.jobs.getQueryResults " + id;
    try {
      var answer =
          calls.run(
              what,
              () ->
                  bigquery
                      .jobs()
                      .getQueryResults(warehouse.billingProject(), id)
                      .setLocation(warehouse.location())
                      .execute());
      var rows = Optional.ofNullable(answer.getRows()).orElse(List.of());
      return Optional.of(rows.stream().map(Query.Row::new).toList());
    } catch (ApiException e) {
      if (e.is(ApiError.Kind.NOT_FOUND)) {
        return Optional.empty();
      }
      throw texts.of(what, e.error(), e);
    }
  }

  private void checkAdopted(JobStep step, Job job, JobConfiguration wanted) {
    var has = Optional.ofNullable(job.getConfiguration().getLabels()).orElse(Map.of());
    if (!wanted.getLabels().get(FINGERPRINT_LABEL).equals(has.get(FINGERPRINT_LABEL))) {
      throw new ActionNeededFailure(
          WarehouseReason.JOB_FAILED,
          "Job %s exists in project %s but does something else than %s of this run would (label %s is %s, expected %s). Its effect cannot be trusted; request a new run."
              .formatted(
                  job.getJobReference().getJobId(),
                  warehouse.billingProject(),
                  step,
                  FINGERPRINT_LABEL,
                  has.get(FINGERPRINT_LABEL),
                  wanted.getLabels().get(FINGERPRINT_LABEL)));
    }
  }

  private JobConfiguration labelled(JobConfiguration configuration) {
    var all = new HashMap<>(warehouse.labels());
    all.putAll(labels);
    if (configuration.getLabels() != null) {
      all.putAll(configuration.getLabels());
    }
    all.putIfAbsent(FINGERPRINT_LABEL, fingerprint(configuration));
    var left = Duration.between(patience().clock().instant(), patience().deadline());
    var timeout = left.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : left;
    // best effort: what nobody waits for any more should not go on
    return configuration.clone().setLabels(all).setJobTimeoutMs(timeout.toMillis());
  }

  /** Of what the job does; not of its limits, which a person may raise between two attempts. */
  private static String fingerprint(JobConfiguration configuration) {
    var copy = configuration.clone().setJobTimeoutMs(null).setLabels(null);
    if (copy.getQuery() != null) {
      copy.getQuery().setMaximumBytesBilled(null);
    }
    try {
      return Hashes.sha256Hex(GsonFactory.getDefaultInstance().toString(copy)).substring(0, 32);
    } catch (IOException e) {
      throw new UncheckedIOException("a job configuration is always JSON", e);
    }
  }
}
