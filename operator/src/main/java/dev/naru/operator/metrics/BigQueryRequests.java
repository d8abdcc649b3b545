package dev.naru.operator.metrics;

import dev.naru.bigquery.CallObserver;

/** Counts what the operator asks BigQuery and Cloud Storage, by answer. */
public final class BigQueryRequests implements CallObserver {

  private final Meters meters;

  public BigQueryRequests(Meters meters) {
    this.meters = meters;
  }

  @Override
  public void answered(String call, String result) {
    meters.count(Metric.WAREHOUSE_REQUESTS, call, result);
  }
}
