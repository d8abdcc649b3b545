package dev.naru.operator.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.UsedBy;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.operator.it.Samples;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TemplateVerdictTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  @Test
  void aTemplateSaysForWhomItCounts() {
    var standard = WorkloadResolverTest.template("standard", "{default: true}");
    assertThat(ready(standard, standard).message())
        .isEqualTo(
            "Counts for every resource in namespace rental; a template that is named, and the resource itself, go before it");
    var nightly = WorkloadResolverTest.template("nightly", "{}");
    assertThat(ready(nightly, nightly).message())
        .isEqualTo("Counts for the resources that name it in spec.templateRef");
    assertThat(ready(nightly, nightly).reason()).isEqualTo("Accepted");
  }

  @Test
  void twoDefaultsAreBothStalledAndAThirdTemplateIsNot() {
    var a = WorkloadResolverTest.template("a", "{default: true}");
    var b = WorkloadResolverTest.template("b", "{default: true}");
    var c = WorkloadResolverTest.template("c", "{}");
    assertThat(ready(a, a, b, c)).isEqualTo(ready(b, c, b, a));
    assertThat(ready(a, a, b, c).reason()).isEqualTo("SeveralDefaults");
    assertThat(ready(a, a, b, c).message()).contains("WorkloadTemplates a, b of namespace rental");
    assertThat(ready(c, a, b, c).reason()).isEqualTo("Accepted");
  }

  @Test
  void aTemplateMayNotOfferMoreThanAPolicyAllows() {
    var standard =
        WorkloadResolverTest.template(
            "standard", "{default: true, policy: {resources: {max: {memory: 8Gi}}}}");
    var huge =
        WorkloadResolverTest.template("huge", "{pod: {resources: {requests: {memory: 16Gi}}}}");
    assertThat(ready(huge, huge, standard).reason()).isEqualTo("PolicyViolated");
    assertThat(ready(huge, huge, standard).message())
        .isEqualTo(
            "spec.pod.resources.requests.memory: 16Gi is above 8Gi, the most that template standard allows: write less, or have its policy.resources.max raised");
    assertThat(ready(standard, huge, standard).reason()).isEqualTo("Accepted");
  }

  @Test
  void requiredLabelsMayBeLeftToTheResources() {
    var standard =
        WorkloadResolverTest.template(
            "standard", "{default: true, policy: {requiredLabels: [team]}}");
    assertThat(ready(standard, standard).reason()).isEqualTo("Accepted");
  }

  @Test
  void whatSlippedPastTheSchemaIsSaid() {
    var broken = WorkloadResolverTest.template("broken", "{pod: {labels: {job-name: x}}}");
    assertThat(ready(broken, broken).message())
        .startsWith("spec.pod.labels: the label job-name belongs to Naru, Kubernetes");
  }

  @Test
  void usersAreCountedAndTheFirstListedInOneOrder() {
    var users = new ArrayList<UsedBy.Resource>();
    IntStream.range(0, 120)
        .forEach(it -> users.add(new UsedBy.Resource("IngestionJob", "job-%03d".formatted(it))));
    Collections.shuffle(users, new Random(7));
    var template = Samples.nightly();
    template.getMetadata().setNamespace("rental");
    template.getMetadata().setGeneration(1L);
    var verdict = TemplateVerdict.of(template, templates(template), users, CLOCK);
    Collections.shuffle(users, new Random(8));
    assertThat(TemplateVerdict.of(template, templates(template), users, CLOCK).status())
        .isEqualTo(verdict.status());
    assertThat(verdict.status().usedBy().count()).isEqualTo(120);
    assertThat(verdict.status().usedBy().resources())
        .hasSize(50)
        .startsWith(new UsedBy.Resource("IngestionJob", "job-000"))
        .endsWith(new UsedBy.Resource("IngestionJob", "job-049"));
  }

  private static Condition ready(WorkloadTemplate template, WorkloadTemplate... all) {
    return TemplateVerdict.of(template, templates(all), List.of(), CLOCK)
        .status()
        .conditions()
        .getFirst();
  }

  private static Templates templates(WorkloadTemplate... all) {
    return new Templates(Optional.empty(), List.of(all));
  }
}
