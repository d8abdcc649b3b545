package dev.naru.bigquery;

import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.QueryRequest;
import com.google.api.services.bigquery.model.QueryResponse;
import com.google.api.services.bigquery.model.TableRow;
import dev.naru.runfile.Warehouse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** GoogleSQL statements: reads answer at once, changes are jobs with an id of ours. */
public final class Query {

  private final Bigquery bigquery;
  private final Calls calls;
  private final Warehouse warehouse;
  private final Map<String, String> labels;
  private final FailureTexts texts;

  Query(
      Bigquery bigquery,
      Calls calls,
      Warehouse warehouse,
      Map<String, String> labels,
      FailureTexts texts) {
    this.bigquery = bigquery;
    this.calls = calls;
    this.warehouse = warehouse;
    this.labels = new TreeMap<>(warehouse.labels());
    this.labels.putAll(labels);
    this.texts = texts;
  }

  /**
   * The configuration of a statement that changes something; run it with {@link JobRunner#run}. It
   * may not read more than the warehouse's cap.
   */
  public JobConfiguration statement(String sql) {
    var query = new JobConfigurationQuery().setQuery(sql).setUseLegacySql(false);
    warehouse.maxBytesBilledPerQuery().ifPresent(query::setMaximumBytesBilled);
    return new JobConfiguration().setQuery(query);
  }

  /**
   * What a query would read and answer, without running it; free of charge.
   *
   * @return the statistics of a job that never was
   * @throws ActionNeededFailure when BigQuery refuses the SQL, in its own words: it has read no
   *     rows that these could quote
   */
  public JobStatistics2 dryRun(JobConfiguration configuration) {
    var call = "bigquery.jobs.insert (dry run)";
    var job =
        new Job()
            .setJobReference(
                new JobReference()
                    .setProjectId(warehouse.billingProject())
                    .setLocation(warehouse.location()))
            .setConfiguration(configuration.clone().setDryRun(true).setLabels(labels));
    try {
      var answer =
          calls.run(call, () -> bigquery.jobs().insert(warehouse.billingProject(), job).execute());
      return answer.getStatistics().getQuery();
    } catch (ApiException e) {
      throw refusedSql(call, e);
    }
  }

  private Failure refusedSql(String call, ApiException e) {
    return switch (e.error().kind()) {
      case REFUSED ->
          new ActionNeededFailure(WarehouseReason.INVALID_QUERY, e.error().message(), e);
      case NOT_FOUND ->
          new ActionNeededFailure(
              e.error().message().contains("Dataset")
                  ? WarehouseReason.DATASET_NOT_FOUND
                  : WarehouseReason.TABLE_NOT_FOUND,
              e.error().message(),
              e);
      case UNKNOWN_OUTCOME,
          THROTTLED,
          QUOTA,
          ATTEMPT_FAILED,
          DUPLICATE,
          PRECONDITION,
          ACCESS_DENIED,
          UNAUTHENTICATED ->
          texts.of(call, e.error(), e);
    };
  }

  /**
   * Rows of a SELECT, all of them: only for results of a few rows.
   *
   * @param what for messages, e.g. {@code read ledger p.d.t}
   */
  public List<Row> rows(String what, String sql) {
    var call = "bigquery.jobs.query (" + what + ")";
    try {
      var answer = calls.run(call, () -> ask(sql));
      if (answer.getRows() == null) {
        return List.of();
      }
      return answer.getRows().stream().map(Row::new).toList();
    } catch (ApiException e) {
      throw texts.of(call, e.error(), e);
    }
  }

  /** Repeating a read is harmless, so a slow one is asked for again until it is complete. */
  private QueryResponse ask(String sql) throws java.io.IOException {
    var request =
        new QueryRequest()
            .setQuery(sql)
            .setUseLegacySql(false)
            .setLocation(warehouse.location())
            .setTimeoutMs(30_000L)
            .setLabels(labels);
    warehouse.maxBytesBilledPerQuery().ifPresent(request::setMaximumBytesBilled);
    var answer = bigquery.jobs().query(warehouse.billingProject(), request).execute();
    if (!Boolean.TRUE.equals(answer.getJobComplete())) {
      throw new java.net.SocketTimeoutException("the query did not end within 30 s");
    }
    return answer;
  }

  /** One row of scalars. */
  public record Row(TableRow cells) {

    /** A value as text; empty for NULL. */
    public Optional<String> text(int column) {
      var value = cells.getF().get(column).getV();
      return value instanceof String text ? Optional.of(text) : Optional.empty();
    }
  }
}
