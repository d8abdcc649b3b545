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

/** Defaults and policy for pods and runs. Owned by platform engineers. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("wt")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason")
@AdditionalPrinterColumn(
    name = "DEFAULT",
    jsonPath = ".spec.default",
    type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(
    name = "USED-BY",
    jsonPath = ".status.usedBy.count",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type=='Ready')].message",
    priority = 1)
@JsonClassDescription(
    "Defaults for pods and runs, and a policy that holds for them. Owned by platform engineers.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
public class WorkloadTemplate extends CustomResource<WorkloadTemplateSpec, WorkloadTemplateStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
