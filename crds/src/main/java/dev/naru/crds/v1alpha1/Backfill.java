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

/** A range of a mart's history that is built again, interval by interval, once. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("bf")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason")
@AdditionalPrinterColumn(name = "DONE", jsonPath = ".status.progress")
@AdditionalPrinterColumn(
    name = "FAILED",
    jsonPath = ".status.failed",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "MART", jsonPath = ".spec.dataMartRef.name", priority = 1)
@AdditionalPrinterColumn(name = "FROM", jsonPath = ".spec.range.from", priority = 1)
@AdditionalPrinterColumn(name = "TO", jsonPath = ".spec.range.to", priority = 1)
@AdditionalPrinterColumn(
    name = "BYTES",
    jsonPath = ".status.bytes",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "ESTIMATE",
    jsonPath = ".status.estimatedBytes",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type=='Ready')].message",
    priority = 1)
@JsonClassDescription(
    "A range of a mart's history that is built again, interval by interval, once.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
@ValidationRule(
    value =
        "!has(oldSelf.status) || !has(oldSelf.status.lastRun) || ("
            + "self.spec.dataMartRef == oldSelf.spec.dataMartRef && self.spec.range == oldSelf.spec.range"
            + " && has(self.spec.tables) == has(oldSelf.spec.tables)"
            + " && (!has(self.spec.tables) || self.spec.tables == oldSelf.spec.tables)"
            + " && has(self.spec.order) == has(oldSelf.spec.order)"
            + " && (!has(self.spec.order) || self.spec.order == oldSelf.spec.order)"
            + " && has(self.spec.partitionsPerInterval) == has(oldSelf.spec.partitionsPerInterval)"
            + " && (!has(self.spec.partitionsPerInterval) || self.spec.partitionsPerInterval == oldSelf.spec.partitionsPerInterval)"
            + " && has(self.spec.dryRun) == has(oldSelf.spec.dryRun)"
            + " && (!has(self.spec.dryRun) || self.spec.dryRun == oldSelf.spec.dryRun))",
    message =
        "spec.dataMartRef, tables, range, order, partitionsPerInterval and dryRun cannot change once"
            + " the Backfill has started (status.lastRun is set): create another Backfill, such as one"
            + " with metadata.generateName",
    fieldPath = ".spec.range",
    reason = "FieldValueForbidden")
public class Backfill extends CustomResource<BackfillSpec, BackfillStatus> implements Namespaced {

  private static final long serialVersionUID = 1L;
}
