package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
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
@JsonClassDescription("A source: how to reach it and how hard it may be read.")
public class Connection extends CustomResource<ConnectionSpec, ConnectionStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;
}
