package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Carries a table from a source into a warehouse, on a schedule or by request. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("ij")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason")
@AdditionalPrinterColumn(name = "SCHEDULE", jsonPath = ".spec.schedule.cron")
@AdditionalPrinterColumn(
    name = "LAST",
    jsonPath = ".status.lastRun.startTime",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "RESULT", jsonPath = ".status.lastRun.result")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "ROWS",
    jsonPath = ".status.lastSuccess.rows",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "DATA-THROUGH",
    jsonPath = ".status.dataThrough",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(name = "NEXT", jsonPath = ".status.nextRun", priority = 1)
@AdditionalPrinterColumn(name = "DATASET", jsonPath = ".spec.destination.dataset", priority = 1)
@AdditionalPrinterColumn(name = "TABLE", jsonPath = ".spec.destination.table", priority = 1)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type=='RunHealthy')].message",
    priority = 1)
@JsonClassDescription(
    "Carries a table from a source into a warehouse, on a schedule or by request.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
@ValidationRule(
    value =
        "!has(oldSelf.status) || !has(oldSelf.status.dataThrough) || self.spec.destination "
            + "== oldSelf.spec.destination",
    message =
        "spec.destination cannot change once data was loaded (status.dataThrough is set): "
            + "create another IngestionJob for the new destination; the table of this one stays",
    fieldPath = ".spec.destination",
    reason = "FieldValueForbidden")
public class IngestionJob extends CustomResource<IngestionJobSpec, IngestionJobStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
