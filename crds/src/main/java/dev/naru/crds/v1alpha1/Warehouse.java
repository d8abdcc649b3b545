package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
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
@JsonClassDescription(
    "Where data is written, who pays for it, and as whom. Owned by platform engineers.")
public class Warehouse extends CustomResource<WarehouseSpec, WarehouseStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
