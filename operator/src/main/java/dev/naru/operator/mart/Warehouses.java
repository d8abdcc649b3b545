package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.runfile.Warehouse;
import java.time.Instant;

/** Opens warehouses. */
@FunctionalInterface
public interface Warehouses {

  /**
   * Opens a warehouse as its impersonated account; no request is sent yet.
   *
   * @param owner labels every job
   * @param deadline when calls stop trying
   */
  MartWarehouse open(Warehouse warehouse, Owner owner, Instant deadline);
}
