package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
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
@JsonClassDescription(
    "Carries a table from a source into a warehouse, on a schedule or by request.")
public class IngestionJob extends CustomResource<IngestionJobSpec, IngestionJobStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
