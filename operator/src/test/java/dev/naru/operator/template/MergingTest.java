package dev.naru.operator.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.JobSettings;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.Policy;
import dev.naru.crds.v1alpha1.PolicyResources;
import dev.naru.crds.v1alpha1.Resources;
import dev.naru.crds.v1alpha1.Toleration;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for all templates. */
final class MergingTest {

  @Property(tries = 500)
  void theOrderInWhichTemplatesAreListedDecidesNothing(
      @ForAll("specs") WorkloadTemplateSpec cluster,
      @ForAll("namespaces") List<WorkloadTemplate> templates,
      @ForAll("pods") PodSettings own,
      @ForAll Random random) {
    var shuffled = new ArrayList<>(templates);
    Collections.shuffle(shuffled, random);
    var asked = new Asked("rental", "spec.pod", Optional.of("t1"), Optional.of(own), List.of());

    assertThat(WorkloadResolver.resolve(new Templates(Optional.of(cluster), shuffled), asked))
        .isEqualTo(WorkloadResolver.resolve(new Templates(Optional.of(cluster), templates), asked));
  }

  @Property(tries = 500)
  void layersMayBeMergedInAnyGrouping(
      @ForAll("settings") Settings far,
      @ForAll("settings") Settings middle,
      @ForAll("settings") Settings near) {
    assertThat(near.over(middle).over(far)).isEqualTo(near.over(middle.over(far)));
    assertThat(near.over(near)).isEqualTo(near);
    assertThat(near.over(Settings.NONE)).isEqualTo(near);
    assertThat(Settings.NONE.over(far)).isEqualTo(far);
  }

  @Property(tries = 500)
  void whatIsRealisedNeverExceedsAnyPolicy(
      @ForAll("specs") WorkloadTemplateSpec cluster,
      @ForAll("namespaces") List<WorkloadTemplate> templates,
      @ForAll("pods") PodSettings own) {
    var asked = new Asked("rental", "spec.pod", Optional.of("t0"), Optional.of(own), List.of());
    if (WorkloadResolver.resolve(new Templates(Optional.of(cluster), templates), asked)
        instanceof Workload.Effective workload) {
      var counting = new ArrayList<>(List.of(cluster));
      templates.stream()
          .filter(it -> Templates.isDefault(it) || it.getMetadata().getName().equals("t0"))
          .forEach(it -> counting.add(it.getSpec()));
      for (var spec : counting) {
        spec.policy().resources().max().forEach((name, max) -> within(workload, name, max));
        assertThat(workload.pod().labels().keySet()).containsAll(spec.policy().requiredLabels());
      }
    }
  }

  private static void within(Workload.Effective workload, String name, Quantity max) {
    var resources = workload.pod().resources();
    assertThat(resources.limits()).containsKey(name);
    assertThat(resources.limits().get(name).getNumericalAmount())
        .isLessThanOrEqualTo(max.getNumericalAmount());
    // the API server takes the limit for a request that is absent
    var request = resources.requests().getOrDefault(name, resources.limits().get(name));
    assertThat(request.getNumericalAmount())
        .isLessThanOrEqualTo(resources.limits().get(name).getNumericalAmount());
  }

  @Provide
  Arbitrary<Settings> settings() {
    var origin = Arbitraries.of(new Origin.ClusterDefault(), new Origin.Own());
    return Combinators.combine(origin, pods(), jobs()).as(Settings::of);
  }

  @Provide
  Arbitrary<List<WorkloadTemplate>> namespaces() {
    return specs()
        .list()
        .ofMaxSize(4)
        .map(
            specs -> {
              var templates = new ArrayList<WorkloadTemplate>();
              for (var spec : specs) {
                var template = new WorkloadTemplate();
                template.getMetadata().setName("t" + templates.size());
                template.setSpec(spec);
                templates.add(template);
              }
              return templates;
            });
  }

  @Provide
  Arbitrary<WorkloadTemplateSpec> specs() {
    var isDefault =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(1, Arbitraries.just(true)),
            net.jqwik.api.Tuple.of(3, Arbitraries.just(false)));
    return Combinators.combine(isDefault, pods(), jobs(), policies()).as(WorkloadTemplateSpec::new);
  }

  @Provide
  Arbitrary<PodSettings> pods() {
    return Combinators.combine(
            map(Arbitraries.of("team", "cost", "env"), Arbitraries.of("a", "b")),
            Arbitraries.of("x", "y").injectNull(0.5),
            resources(),
            map(Arbitraries.of("pool", "zone"), Arbitraries.of("a", "b")),
            tolerations().list().ofMaxSize(3))
        .as(PodSettings::new);
  }

  private static Arbitrary<Toleration> tolerations() {
    return Combinators.combine(
            Arbitraries.of("a", "b"),
            Arbitraries.of("x", "y"),
            Arbitraries.of("NoSchedule", "NoExecute").injectNull(0.3))
        .as((key, value, effect) -> new Toleration(key, "Equal", value, effect, null));
  }

  private static Arbitrary<JobSettings> jobs() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 10).injectNull(0.5),
            Arbitraries.of("1h", "90m").injectNull(0.5),
            Arbitraries.integers().between(1, 20).injectNull(0.5))
        .as(JobSettings::new);
  }

  private static Arbitrary<Resources> resources() {
    return Combinators.combine(quantities(), quantities()).as(Resources::new).injectNull(0.3);
  }

  private static Arbitrary<Policy> policies() {
    return Combinators.combine(
            quantities(), Arbitraries.of("team", "cost").list().uniqueElements().ofMaxSize(1))
        .as((max, required) -> new Policy(new PolicyResources(max), required, List.of()));
  }

  private static Arbitrary<Map<String, Quantity>> quantities() {
    return map(
        Arbitraries.of("cpu", "memory"),
        Arbitraries.of("1", "1500m", "2000m", "512Mi", "1Gi", "2Gi").map(Quantity::new));
  }

  private static <V> Arbitrary<Map<String, V>> map(Arbitrary<String> keys, Arbitrary<V> values) {
    return Arbitraries.maps(keys, values).ofMaxSize(2);
  }
}
