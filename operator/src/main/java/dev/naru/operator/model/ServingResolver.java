package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.crds.v1alpha1.NameRef;
import dev.naru.crds.v1alpha1.OnViolation;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.PortProtocol;
import dev.naru.crds.v1alpha1.RolloutFailure;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import dev.naru.operator.template.Asked;
import dev.naru.operator.template.Image;
import dev.naru.operator.template.Templates;
import dev.naru.operator.template.Workload;
import dev.naru.operator.template.WorkloadResolver;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Decides what a ModelService means: its fields, then the templates, then what they add up to. */
final class ServingResolver {

  private ServingResolver() {}

  static ServingResolution resolve(ModelService service, Templates templates) {
    var spec = service.getSpec();
    return problem(spec)
        .<ServingResolution>map(ServingResolution.Unresolved::new)
        .orElseGet(
            () ->
                switch (WorkloadResolver.resolve(templates, asked(service))) {
                  case Workload.Unresolved it -> new ServingResolution.Unresolved(it.outcome());
                  case Workload.Effective workload -> resolved(service, workload);
                });
  }

  private static Asked asked(ModelService service) {
    var spec = service.getSpec();
    return new Asked(
        service.getMetadata().getNamespace(),
        "spec.pod",
        Optional.ofNullable(spec.templateRef()).map(NameRef::name),
        Optional.ofNullable(spec.pod()),
        List.of(new Image("spec.image", spec.image())));
  }

  private static ServingResolution resolved(ModelService service, Workload.Effective workload) {
    var spec = service.getSpec();
    var pod = workload.pod();
    if (spec.autoscaling() != null && !pod.resources().requests().containsKey("cpu")) {
      return new ServingResolution.Unresolved(
          new Outcome.Fail(
              Reason.INVALID_SPEC,
              "spec.pod.resources.requests.cpu: missing, and spec.autoscaling measures the load in"
                  + " percent of it: write for instance cpu: 500m, or replicas instead of"
                  + " autoscaling"));
    }
    var account = Optional.ofNullable(pod.serviceAccountName());
    return new ServingResolution.Resolved(
        new PodSettings(
            pod.labels(),
            account.orElse(service.getMetadata().getName()),
            pod.resources(),
            pod.nodeSelector(),
            pod.tolerations()),
        account.isEmpty(),
        effective(service, workload, account.isEmpty()));
  }

  private static Optional<Outcome> problem(ModelServiceSpec spec) {
    if (spec.image() == null) {
      return Optional.of(
          new Outcome.Fail(
              Reason.INVALID_SPEC, "spec.image is missing: name the image that answers requests"));
    }
    if (spec.ports().isEmpty()
        || spec.ports().stream().anyMatch(it -> it.protocol() == PortProtocol.UNKNOWN)) {
      return Optional.of(Outcome.Fail.unknownValue("spec.ports.protocol", "HTTP, GRPC and TCP"));
    }
    if (spec.inputs().stream().anyMatch(it -> it.onViolation() == OnViolation.UNKNOWN)) {
      return Optional.of(
          Outcome.Fail.unknownValue("spec.inputs.onViolation", "Report and HoldRollout"));
    }
    if (spec.rollout() != null && spec.rollout().onFailure() == RolloutFailure.UNKNOWN) {
      return Optional.of(Outcome.Fail.unknownValue("spec.rollout.onFailure", "Rollback and Hold"));
    }
    return Optional.empty();
  }

  private static SortedMap<String, String> effective(
      ModelService service, Workload.Effective workload, boolean ownAccount) {
    var spec = service.getSpec();
    var effective = new TreeMap<>(workload.shown());
    // what templates say about Jobs is not for pods that stay
    effective.keySet().removeIf(it -> it.startsWith("job."));
    if (ownAccount) {
      effective.put("spec.pod.serviceAccountName", service.getMetadata().getName());
    }
    var probes = Optional.ofNullable(spec.probes());
    if (probes.map(it -> it.startup()).map(it -> it.timeout()).isEmpty()) {
      effective.put("spec.probes.startup.timeout", Defaults.STARTUP_TIMEOUT);
    }
    if (probes.map(it -> it.readiness()).isEmpty()) {
      effective.put("spec.probes.readiness", ServingProbe.readiness(spec).words());
    }
    var drain = Optional.ofNullable(spec.drain());
    if (drain.map(it -> it.delay()).isEmpty()) {
      effective.put("spec.drain.delay", Defaults.DRAIN_DELAY);
    }
    if (drain.map(it -> it.timeout()).isEmpty()) {
      effective.put("spec.drain.timeout", Defaults.DRAIN_TIMEOUT);
    }
    metrics(spec, effective);
    rollout(spec, effective);
    Optional.ofNullable(spec.autoscaling())
        .ifPresent(
            it -> {
              if (it.targetCPUUtilizationPercentage() == null) {
                effective.put(
                    "spec.autoscaling.targetCPUUtilizationPercentage",
                    Integer.toString(Defaults.TARGET_CPU));
              }
              if (it.scaleDownStabilization() == null) {
                effective.put(
                    "spec.autoscaling.scaleDownStabilization", Defaults.SCALE_DOWN_STABILIZATION);
              }
            });
    return effective;
  }

  private static void metrics(ModelServiceSpec spec, SortedMap<String, String> effective) {
    var declared = spec.metrics();
    if (declared == null) {
      return;
    }
    MetricsEndpoint.of(spec)
        .filter(_ -> declared.port() == null)
        .ifPresent(it -> effective.put("spec.metrics.port", it.name()));
    if (declared.path() == null) {
      effective.put("spec.metrics.path", Defaults.METRICS_PATH);
    }
  }

  private static void rollout(ModelServiceSpec spec, SortedMap<String, String> effective) {
    var rollout = spec.rollout();
    if (rollout == null) {
      return;
    }
    if (rollout.interval() == null) {
      effective.put("spec.rollout.interval", Defaults.ROLLOUT_INTERVAL);
    }
    if (rollout.analysis() != null && rollout.analysis().maxErrorPercent() == null) {
      effective.put(
          "spec.rollout.analysis.maxErrorPercent", Integer.toString(Defaults.MAX_ERROR_PERCENT));
    }
    if (rollout.analysis() != null && rollout.analysis().minRequests() == null) {
      effective.put("spec.rollout.analysis.minRequests", Integer.toString(Defaults.MIN_REQUESTS));
    }
  }
}
