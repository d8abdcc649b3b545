package dev.naru.operator.model.rollout;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReferenceBuilder;

/** The Gateway through which the requests come. */
public record GatewayRef(String namespace, String name) {

  static final String GROUP = "gateway.networking.k8s.io";
  private static final String KIND = "Gateway";

  ParentReference reference() {
    return new ParentReferenceBuilder()
        .withGroup(GROUP)
        .withKind(KIND)
        .withNamespace(namespace)
        .withName(name)
        .build();
  }

  /** Whether a reference in a route of {@code home} means this Gateway. */
  boolean isMeantBy(ParentReference reference, String home) {
    return (reference.getGroup() == null || reference.getGroup().equals(GROUP))
        && (reference.getKind() == null || reference.getKind().equals(KIND))
        && (reference.getNamespace() == null ? home : reference.getNamespace()).equals(namespace)
        && name.equals(reference.getName());
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
