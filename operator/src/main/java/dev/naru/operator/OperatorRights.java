package dev.naru.operator;

import dev.naru.operator.backfill.BackfillReconciler;
import dev.naru.operator.connection.ConnectionReconciler;
import dev.naru.operator.ingestion.IngestionReconciler;
import dev.naru.operator.kube.ApiPodEvents;
import dev.naru.operator.mart.DataMartReconciler;
import dev.naru.operator.model.ModelServiceReconciler;
import dev.naru.operator.rights.Rights;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.status.Notices;
import dev.naru.operator.template.TemplateReconciler;
import dev.naru.operator.template.TemplateSource;
import dev.naru.operator.warehouse.WarehouseReconciler;
import java.util.List;

/** All rights of the operator, as its parts declare them; there is none on Secrets. */
final class OperatorRights {

  static final Rights ALL =
      Rights.of(
          List.of(
              OperatorProcess.RIGHTS,
              Notices.RIGHTS,
              ApiPodEvents.RIGHTS,
              WarehouseReconciler.RIGHTS,
              ConnectionReconciler.RIGHTS,
              IngestionReconciler.RIGHTS,
              DataMartReconciler.RIGHTS,
              BackfillReconciler.RIGHTS,
              ModelServiceReconciler.RIGHTS,
              TemplateReconciler.RIGHTS,
              TemplateSource.RIGHTS));

  private OperatorRights() {}
}
