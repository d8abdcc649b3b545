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

/** Where data is written, who pays for it, and as whom. Owned by platform engineers. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("wh")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(name = "PROJECT", jsonPath = ".spec.bigQuery.project")
@AdditionalPrinterColumn(name = "LOCATION", jsonPath = ".spec.bigQuery.location")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "BUCKET", jsonPath = ".spec.bigQuery.stagingBucket", priority = 1)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason",
    priority = 1)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type=='Ready')].message",
    priority = 1)
@JsonClassDescription(
    "Where data is written, who pays for it, and as whom. Owned by platform engineers.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
public class Warehouse extends CustomResource<WarehouseSpec, WarehouseStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
