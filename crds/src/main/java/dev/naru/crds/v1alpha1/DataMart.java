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

/** One dataset and the tables built into it by SQL, checked before anyone sees them. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("dm")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason")
@AdditionalPrinterColumn(name = "BUILT", jsonPath = ".status.tablesReady")
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
    name = "BYTES",
    jsonPath = ".status.lastRun.bytes",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "DATA-THROUGH",
    jsonPath = ".status.dataThrough",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(name = "NEXT", jsonPath = ".status.nextRun", priority = 1)
@AdditionalPrinterColumn(name = "DATASET", jsonPath = ".spec.dataset.name", priority = 1)
@AdditionalPrinterColumn(
    name = "CHECKS",
    jsonPath = ".status.conditions[?(@.type=='ChecksPassing')].status",
    priority = 1)
@AdditionalPrinterColumn(name = "MESSAGE", jsonPath = ".status.lastRun.message", priority = 1)
@JsonClassDescription(
    "One dataset and the tables built into it by SQL, checked before anyone sees them.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
@ValidationRule(
    value =
        "!has(oldSelf.status) || !has(oldSelf.status.dataThrough) || (self.spec.dataset.name == oldSelf.spec.dataset.name && self.spec.warehouseRef == oldSelf.spec.warehouseRef)",
    message =
        "spec.dataset.name and spec.warehouseRef cannot change once data was published "
            + "(status.dataThrough is set): create another DataMart for the new dataset; the tables of this one stay",
    fieldPath = ".spec.dataset",
    reason = "FieldValueForbidden")
public class DataMart extends CustomResource<DataMartSpec, DataMartStatus> implements Namespaced {

  private static final long serialVersionUID = 1L;
}
