package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;

/** What is watched of a kind, by the kind of those that it wakes. */
public final class Informers {

  private Informers() {}

  /** Objects of a kind, of all resources of another one. */
  public static <C extends HasMetadata, P extends HasMetadata>
      InformerEventSourceConfiguration.Builder<C> of(Class<C> type, Class<P> woken) {
    return InformerEventSourceConfiguration.from(type, woken)
        .withName(HasMetadata.getSingular(woken) + "-" + HasMetadata.getPlural(type));
  }

  /** Children, selected by label. Each wakes its owner. */
  public static <C extends HasMetadata, P extends HasMetadata>
      InformerEventSourceConfiguration.Builder<C> children(Class<C> type, Class<P> owner) {
    return of(type, owner)
        .withLabelSelector(Children.selector(HasMetadata.getKind(owner)))
        .withSecondaryToPrimaryMapper(Wakes::owner);
  }
}
