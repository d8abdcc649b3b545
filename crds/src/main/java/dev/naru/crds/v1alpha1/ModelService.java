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

/** An image that answers requests: scaled, probed, isolated, rolled out without a lost request. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("ms")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason")
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url")
@AdditionalPrinterColumn(name = "REVISION", jsonPath = ".status.revision")
@AdditionalPrinterColumn(name = "REPLICAS", jsonPath = ".status.replicas")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "IMAGE", jsonPath = ".status.image", priority = 1)
@AdditionalPrinterColumn(name = "NEXT", jsonPath = ".status.next.revision", priority = 1)
@AdditionalPrinterColumn(
    name = "FRESH",
    jsonPath = ".status.conditions[?(@.type=='InputsFresh')].status",
    priority = 1)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type=='Ready')].message",
    priority = 1)
@JsonClassDescription(
    "An image that answers requests: scaled, probed, isolated, rolled out without a lost request.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
@ValidationRule(
    value = "self.metadata.name.matches('^[a-z]')",
    message =
        "metadata.name must begin with a letter, because a Service is called by it: write for"
            + " instance model-2026 instead of 2026-model")
public class ModelService extends CustomResource<ModelServiceSpec, ModelServiceStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
