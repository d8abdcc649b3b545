package dev.naru.operator.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.it.Samples;
import dev.naru.operator.status.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Precedence, merging and policy. */
final class WorkloadResolverTest {

  /** Which of the four say something, farthest first, and whose value counts. */
  @ParameterizedTest
  @CsvSource({
    "0000, ''",
    "1000, cluster",
    "0100, default",
    "0010, named",
    "0001, own",
    "1100, default",
    "1010, named",
    "1001, own",
    "0110, named",
    "0101, own",
    "0011, own",
    "1110, named",
    "1101, own",
    "1011, own",
    "0111, own",
    "1111, own"
  })
  void theNearestCounts(String speakers, String winner) {
    var templates =
        new Templates(
            Optional.of(spec(speakers.charAt(0) == '1' ? saying("cluster") : "{}")),
            List.of(
                template("named", speakers.charAt(2) == '1' ? saying("named") : "{}"),
                template(
                    "standard",
                    speakers.charAt(1) == '1'
                        ? saying("default").replaceFirst("^\\{", "{default: true, ")
                        : "{default: true}"),
                template("another", saying("another"))));
    var own =
        speakers.charAt(3) == '1'
            ? Optional.of(spec(saying("own")).pod())
            : Optional.<PodSettings>empty();

    var workload = effective(templates, asked(Optional.of("named"), own));

    var pod = workload.pod();
    var expected = Optional.of(winner).filter(it -> !it.isEmpty());
    assertThat(Optional.ofNullable(pod.labels().get("who"))).isEqualTo(expected);
    assertThat(Optional.ofNullable(pod.nodeSelector().get("who"))).isEqualTo(expected);
    assertThat(Optional.ofNullable(pod.serviceAccountName())).isEqualTo(expected);
    assertThat(pod.resources().requests().get("memory").toString())
        .isEqualTo(expected.isEmpty() ? "512Mi" : 100 + winner.length() + "Mi");
    // each has a key of its own, and none of them is lost
    var keys =
        Map.of(0, "cluster", 1, "default", 2, "named", 3, "own").entrySet().stream()
            .filter(it -> speakers.charAt(it.getKey()) == '1')
            .map(it -> "of-" + it.getValue())
            .toList();
    assertThat(pod.labels().keySet().stream().filter(it -> it.startsWith("of-")))
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void jobSettingsFollowTheSameOrder() {
    var templates =
        new Templates(
            Optional.of(spec("{job: {retries: 9, timeout: 9h, historyLimit: 9}}")),
            List.of(
                template("standard", "{default: true, job: {retries: 5, timeout: 5h}}"),
                template("named", "{job: {retries: 0}}")));

    var workload = effective(templates, asked(Optional.of("named"), Optional.empty()));

    assertThat(workload.retries()).isZero();
    assertThat(workload.timeout().orElseThrow().withOrigin()).isEqualTo("5h (template standard)");
    assertThat(workload.historyLimit()).isEqualTo(9);
    assertThat(workload.shown())
        .containsEntry("job.retries", "0 (template named)")
        .containsEntry("job.historyLimit", "9 (cluster default)");
  }

  @Test
  void whereNobodySaysAnythingNaruDoes() {
    var workload = effective(none(), asked(Optional.empty(), Optional.empty()));

    assertThat(workload.retries()).isEqualTo(3);
    assertThat(workload.historyLimit()).isEqualTo(3);
    assertThat(workload.timeout()).isEmpty();
    assertThat(workload.shown())
        .containsExactly(
            Map.entry("spec.pod.resources.limits.memory", "512Mi"),
            Map.entry("spec.pod.resources.requests.cpu", "250m"),
            Map.entry("spec.pod.resources.requests.memory", "512Mi"));
  }

  @Test
  void whoSaysAnythingAboutResourcesSaysItAll() {
    var own = pod("{resources: {requests: {cpu: 1}}}");
    assertThat(effective(none(), asked(Optional.empty(), own)).pod().resources().limits())
        .isEmpty();
  }

  @Test
  void tolerationsAddUpAndOneForTheSameTaintReplacesThoseBelow() {
    var templates =
        new Templates(
            Optional.of(
                spec(
                    "{pod: {tolerations: [{key: a, operator: Exists}, {key: b, value: x, effect: NoSchedule}]}}")),
            List.of(
                template(
                    "standard",
                    "{default: true, pod: {tolerations: [{key: b, value: y, effect: NoSchedule}]}}")));
    var own = pod("{tolerations: [{key: c, operator: Exists, effect: NoExecute}]}");

    var workload = effective(templates, asked(Optional.empty(), own));

    assertThat(workload.pod().tolerations().stream().map(it -> it.key() + it.value()))
        .containsExactly("anull", "by", "cnull");
    assertThat(workload.shown().get("spec.pod.tolerations"))
        .isEqualTo("a (cluster default), b=y:NoSchedule (template standard)");
  }

  @Test
  void theStrictestPolicyHoldsWhoseverItIs() {
    var strictCluster = policy("{resources: {max: {memory: 1Gi}}}");
    var strictNamespace = "{default: true, policy: {resources: {max: {memory: 2Gi, cpu: 1}}}}";
    var laxNamed = "{policy: {resources: {max: {memory: 64Gi, cpu: 64}}}}";
    var templates =
        new Templates(
            Optional.of(spec(strictCluster)),
            List.of(template("standard", strictNamespace), template("named", laxNamed)));
    var own = pod("{resources: {requests: {memory: 3Gi, cpu: 2}, limits: {memory: 4Gi}}}");

    assertThat(refused(templates, asked(Optional.of("named"), own)))
        .isEqualTo(
            new Outcome.Fail(
                "PolicyViolated",
                "spec.pod.resources.requests.cpu: 2 is above 1, the most that template standard allows: write less, or have its policy.resources.max raised; "
                    + "spec.pod.resources.requests.memory: 3Gi is above 1Gi, the most that cluster default allows: write less, or have its policy.resources.max raised; "
                    + "spec.pod.resources.limits.memory: 4Gi is above 1Gi, the most that cluster default allows: write less, or have its policy.resources.max raised"));
  }

  @Test
  void aValueOfATemplateIsMeasuredAsWellAndNamed() {
    var templates =
        new Templates(
            Optional.of(spec(policy("{resources: {max: {memory: 1Gi}}}"))),
            List.of(template("named", "{pod: {resources: {limits: {memory: 2Gi}}}}")));

    assertThat(refused(templates, asked(Optional.of("named"), Optional.empty())).message())
        .contains(
            "spec.pod.resources.limits.memory: 2Gi (template named) is above 1Gi, the most that"
                + " cluster default allows");
  }

  @Test
  void aBoundIsTheLimitWhereNoneIsDeclaredAndTheRequestDoesNotFollowIt() {
    var templates =
        new Templates(
            Optional.of(
                spec(
                    policy(
                        "{resources: {max: {cpu: 4, memory: 8Gi, ephemeral-storage: 20Gi, nvidia.com/gpu: 2}}}"))),
            List.of());
    var own = pod("{resources: {requests: {memory: 1Gi}}}");

    var resources = effective(templates, asked(Optional.empty(), own)).pod().resources();

    assertThat(resources.limits().toString())
        .isEqualTo("{cpu=4, ephemeral-storage=20Gi, memory=8Gi}");
    assertThat(resources.requests().toString())
        .isEqualTo("{cpu=250m, ephemeral-storage=0, memory=1Gi}");
  }

  @Test
  void narusOwnDefaultBowsToABound() {
    var templates =
        new Templates(
            Optional.of(spec(policy("{resources: {max: {cpu: 100m, memory: 256Mi}}}"))), List.of());

    var resources =
        effective(templates, asked(Optional.empty(), Optional.empty())).pod().resources();

    assertThat(resources.requests().toString()).isEqualTo("{cpu=100m, memory=256Mi}");
    assertThat(resources.limits().toString()).isEqualTo("{cpu=100m, memory=256Mi}");
  }

  @Test
  void requiredLabelsMayComeFromAnyTemplateOrTheResource() {
    var templates =
        new Templates(
            Optional.of(spec("{pod: {labels: {a: x}}, policy: {requiredLabels: [a, b, c]}}")),
            List.of(
                template(
                    "standard",
                    "{default: true, pod: {labels: {b: x}}, policy: {requiredLabels: [d]}}")));

    assertThat(refused(templates, asked(Optional.empty(), pod("{labels: {d: x}}"))).message())
        .isEqualTo(
            "spec.pod.labels: the label c is missing, which cluster default requires: add it there, or to pod.labels of a template that counts here");
    effective(templates, asked(Optional.empty(), pod("{labels: {c: '', d: x}}")));
  }

  @ParameterizedTest
  @CsvSource({
    "asia-docker.pkg.dev/shop/models/price:1.5, true",
    "asia-docker.pkg.dev/shop/models/deep/price@sha256:0, true",
    "asia-docker.pkg.dev/shop/models, true",
    "asia-docker.pkg.dev/shop/models-of-others/price:1, false",
    "asia-docker.pkg.dev/shop, false",
    "nginx, true",
    "nginx:1.27@sha256:0, true",
    "docker.io/library/nginx, true",
    "index.docker.io/library/nginx:1, true",
    "somebody/nginx, false",
    "registry:5000/x, false",
    "localhost/library/nginx, false"
  })
  void imagesComeFromARegistryThatEveryPolicyAllows(String image, boolean allowed) {
    var templates =
        new Templates(
            Optional.of(
                spec(
                    "{policy: {registries: [asia-docker.pkg.dev/shop/models, docker.io/library]}}")),
            List.of(
                template(
                    "standard",
                    "{default: true, policy: {registries: [asia-docker.pkg.dev, docker.io/library/nginx]}}")));
    var asked =
        new Asked(
            "rental",
            "spec.pod",
            Optional.empty(),
            Optional.empty(),
            List.of(new Image("spec.image", image)));
    if (allowed) {
      effective(templates, asked);
    } else {
      assertThat(refused(templates, asked).message())
          .startsWith(
              "spec.image: " + image + " does not come from a registry that cluster default")
          .contains(
              "(asia-docker.pkg.dev/shop/models, docker.io/library): use an image from there");
    }
  }

  @Test
  void aRequestAboveALimitFromElsewhereIsSaidBeforeTheApiServerDoes() {
    var templates =
        new Templates(
            Optional.empty(),
            List.of(
                template(
                    "standard", "{default: true, pod: {resources: {limits: {memory: 1Gi}}}}")));
    var own = pod("{resources: {requests: {memory: 1025Mi}}}");

    assertThat(refused(templates, asked(Optional.empty(), own)))
        .isEqualTo(
            new Outcome.Fail(
                "InvalidSpec",
                "spec.pod.resources.requests.memory: 1025Mi is above the limit, which is 1Gi (template standard): write less, or a higher spec.pod.resources.limits.memory"));
  }

  @Test
  void twoDefaultsAreNotPickedFrom() {
    var templates =
        new Templates(
            Optional.empty(),
            List.of(template("b", "{default: true}"), template("a", "{default: true}")));

    assertThat(refused(templates, asked(Optional.of("a"), Optional.empty())))
        .isEqualTo(
            new Outcome.Fail(
                "SeveralDefaults",
                "spec.default: WorkloadTemplates a, b of namespace rental all say true, and none is picked: set it to false in all but one"));
  }

  @Test
  void aTemplateThatIsMissingIsWaitedForButNotForEver() {
    assertThat(refused(none(), asked(Optional.of("nightly"), Optional.empty())))
        .isEqualTo(
            Outcome.Wait.onMissing(
                "spec.templateRef: WorkloadTemplate nightly does not exist in namespace rental: create it or correct the name"));
  }

  @Test
  void theDefaultMayBeNamedAsWell() {
    var templates =
        new Templates(
            Optional.empty(),
            List.of(
                template(
                    "standard",
                    "{default: true, pod: {tolerations: [{key: a, operator: Exists}]}}")));

    var workload = effective(templates, asked(Optional.of("standard"), Optional.empty()));

    assertThat(workload.pod().tolerations()).hasSize(1);
  }

  @Test
  void whatSlippedPastTheSchemaIsSaidAndNotThrown() {
    var templates =
        new Templates(
            Optional.empty(),
            List.of(
                template(
                    "standard",
                    """
                    default: true
                    pod:
                      labels: {app.kubernetes.io/instance: x, "a b": c}
                      resources: {requests: {memory: lots, ram: 1}}
                      tolerations: [{effect: Never}]
                    job: {timeout: 2d, retries: 99}
                    policy: {resources: {max: {memory: 0}}, requiredLabels: [naru.dev/x], registries: ["https://x"]}
                    """)));

    assertThat(refused(templates, asked(Optional.empty(), Optional.empty())).message().split("; "))
        .hasSize(11)
        .allMatch(it -> it.startsWith("template standard: "))
        .anyMatch(it -> it.contains("pod.resources.requests.memory: 'lots' is not possible"))
        .anyMatch(it -> it.contains("pod.labels: the label app.kubernetes.io/instance belongs to"))
        .anyMatch(it -> it.contains("job.timeout: '2d' is no duration above 0s"));
    assertThat(
            refused(none(), asked(Optional.empty(), pod("{resources: {limits: {cpu: much}}}")))
                .message())
        .startsWith("spec.pod.resources.limits.cpu: 'much' is not possible: write a quantity");
  }

  /** Says something about everything, so that it shows who counts. */
  private static String saying(String who) {
    var memory = 100 + who.length();
    return "{pod: {labels: {who: %1$s, of-%1$s: x}, nodeSelector: {who: %1$s}, serviceAccountName: %1$s, resources: {requests: {memory: %2$sMi}}}}"
        .formatted(who, memory);
  }

  private static String policy(String policy) {
    return "{policy: %s}".formatted(policy);
  }

  private static Templates none() {
    return new Templates(Optional.empty(), List.of());
  }

  private static Asked asked(Optional<String> template, Optional<PodSettings> own) {
    return new Asked("rental", "spec.pod", template, own, List.of());
  }

  static Workload.Effective effective(Templates templates, Asked asked) {
    // whatever order the templates are listed in
    var workload = WorkloadResolver.resolve(templates, asked);
    var reversed = new ArrayList<>(templates.inNamespace()).reversed();
    assertThat(WorkloadResolver.resolve(new Templates(templates.cluster(), reversed), asked))
        .isEqualTo(workload);
    assertThat(workload).isInstanceOf(Workload.Effective.class);
    return (Workload.Effective) workload;
  }

  private static Outcome refused(Templates templates, Asked asked) {
    return ((Workload.Unresolved) WorkloadResolver.resolve(templates, asked)).outcome();
  }

  private static Optional<PodSettings> pod(String yaml) {
    return Optional.of(Samples.read(PodSettings.class, "---\n" + yaml));
  }

  private static WorkloadTemplateSpec spec(String yaml) {
    return Samples.read(WorkloadTemplateSpec.class, "---\n" + yaml);
  }

  static WorkloadTemplate template(String name, String spec) {
    var template = new WorkloadTemplate();
    template.getMetadata().setName(name);
    template.getMetadata().setNamespace("rental");
    template.getMetadata().setGeneration(1L);
    template.setSpec(spec(spec));
    return template;
  }
}
