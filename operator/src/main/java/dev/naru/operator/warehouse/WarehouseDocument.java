package dev.naru.operator.warehouse;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Warehouse;
import java.util.Optional;

/** Writes a Warehouse as the worker reads it. Pure. */
public final class WarehouseDocument {

  private WarehouseDocument() {}

  /** The Warehouse with every default filled in. */
  public static dev.naru.runfile.Warehouse of(Warehouse warehouse) {
    var declared = warehouse.getSpec().bigQuery();
    return new dev.naru.runfile.Warehouse(
        declared.project(),
        declared.billingProject() == null ? declared.project() : declared.billingProject(),
        declared.location(),
        declared.stagingBucket().replaceAll("/+$", ""),
        declared.opsDataset() == null ? Defaults.OPS_DATASET : declared.opsDataset(),
        Optional.ofNullable(declared.impersonateServiceAccount()),
        Optional.ofNullable(declared.maxBytesBilledPerQuery())
            .map(it -> it.getNumericalAmount().longValue()),
        declared.labels(),
        Optional.ofNullable(declared.localEndpoints())
            .map(
                it ->
                    new dev.naru.runfile.Warehouse.LocalEndpoints(
                        it.bigQuery().replaceAll("/+$", ""), it.storage().replaceAll("/+$", ""))));
  }
}
