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

/** A source: how to reach it and how hard it may be read. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("conn")
@Categories(Api.CATEGORY)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(
    name = "REACHABLE",
    jsonPath = ".status.conditions[?(@.type=='Reachable')].status")
@AdditionalPrinterColumn(name = "TYPE", jsonPath = ".spec.type")
@AdditionalPrinterColumn(name = "SERVER", jsonPath = ".status.server.version")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "ROLE", jsonPath = ".status.server.role", priority = 1)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type=='Reachable')].reason",
    priority = 1)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type=='Reachable')].message",
    priority = 1)
@JsonClassDescription("A source: how to reach it and how hard it may be read.")
@ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
public class Connection extends CustomResource<ConnectionSpec, ConnectionStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
