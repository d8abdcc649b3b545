package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.it.Samples;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.template.Templates;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a spec means, also one that the schemas of another version let through. */
final class ServingResolverTest {

  private static final Templates NONE = new Templates(Optional.empty(), List.of());

  @Test
  void withoutAnImageNothingAnswers() {
    assertThat(problem("image: \"registry.example.com/models/price:good\"", "args: []"))
        .isEqualTo(
            new Outcome.Fail(
                "InvalidSpec", "spec.image is missing: name the image that answers requests"));
  }

  @Test
  void aValueOfANewerVersionIsNamedWithThoseThisOneKnows() {
    assertThat(problem("protocol: \"HTTP\"", "protocol: \"QUIC\"").message())
        .startsWith("spec.ports.protocol: ")
        .contains("HTTP, GRPC and TCP");
    assertThat(
            problem(
                    "spec:\n",
                    "spec:\n  inputs: [{dataMartRef: {name: a}, maxStaleness: 1h, onViolation: Pray}]\n")
                .message())
        .startsWith("spec.inputs.onViolation: ")
        .contains("Report and HoldRollout");
    assertThat(
            problem(
                    "spec:\n",
                    "spec:\n  rollout: {gatewayRef: {name: public}, steps: [100], onFailure: Pray}\n")
                .message())
        .startsWith("spec.rollout.onFailure: ")
        .contains("Rollback and Hold");
  }

  @Test
  void anAutoscalerNeedsARequestToMeasureBy() {
    assertThat(problem("cpu: \"250m\"", "ephemeral-storage: \"1Gi\"").message())
        .startsWith("spec.pod.resources.requests.cpu: missing")
        .contains("cpu: 500m");
  }

  @Test
  void whatIsLeftOutIsShown() {
    assertThat(resolved(Samples.modelService()))
        .containsEntry("spec.drain.delay", "10s")
        .containsEntry("spec.autoscaling.targetCPUUtilizationPercentage", "70")
        .doesNotContainKeys("spec.metrics.port", "spec.metrics.path", "spec.probes.readiness");
    assertThat(resolved(changed("spec:\n", "spec:\n  metrics: {}\n")))
        .containsEntry("spec.metrics.port", "http")
        .containsEntry("spec.metrics.path", "/metrics");
    assertThat(resolved(changed("spec:\n", "spec:\n  metrics: {port: http, path: /m}\n")))
        .doesNotContainKeys("spec.metrics.port", "spec.metrics.path");
  }

  private static Outcome problem(String what, String into) {
    return ((ServingResolution.Unresolved) ServingResolver.resolve(changed(what, into), NONE))
        .outcome();
  }

  private static Map<String, String> resolved(ModelService service) {
    return ((ServingResolution.Resolved) ServingResolver.resolve(service, NONE)).effective();
  }

  private static ModelService changed(String what, String into) {
    var yaml =
        Lenient.serialization().asYaml(ServingManifestsTest.identified(Samples.modelService()));
    assertThat(yaml).contains(what);
    return Samples.read(ModelService.class, yaml.replace(what, into));
  }
}
