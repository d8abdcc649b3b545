package dev.naru.operator.mart;

import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.runfile.Warehouse;
import java.time.Instant;

/** Reaches BigQuery as each warehouse's account. */
public final class BigQueryMarts implements Warehouses {

  private final CallObserver observer;

  public BigQueryMarts(CallObserver observer) {
    this.observer = observer;
  }

  @Override
  public MartWarehouse open(Warehouse warehouse, Owner owner, Instant deadline) {
    return MartWarehouse.open(warehouse, owner.labels(), Patience.until(deadline), observer);
  }
}
