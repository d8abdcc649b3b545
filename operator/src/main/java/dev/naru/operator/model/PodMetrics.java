package dev.naru.operator.model;

import dev.naru.operator.model.rollout.Measures;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Looks at the metrics that a pod shows. */
public interface PodMetrics {

  /**
   * What the pod has answered since it began; empty when it cannot be asked, or does not say so.
   *
   * @param endpoint where it shows them
   */
  Optional<Measures> look(Pod pod, MetricsEndpoint endpoint);
}
