package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;

/** One template that counts for a resource. */
record Layer(Origin origin, WorkloadTemplateSpec spec) {

  Settings settings() {
    return Settings.of(origin, spec.pod(), spec.job());
  }
}
