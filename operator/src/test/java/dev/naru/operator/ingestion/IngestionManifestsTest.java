package dev.naru.operator.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.Golden;
import dev.naru.operator.it.Samples;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.template.Templates;
import dev.naru.runfile.Fingerprint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class IngestionManifestsTest {

  private final IngestionJob job = identified(Samples.ingestionJob());
  private final IngestionManifests manifests = manifests(job, List.of());

  @Test
  void runFile() {
    Golden.assertMatches("ingestion-configmap", manifests.runFile());
  }

  @Test
  void cronJob() {
    Golden.assertMatches("ingestion-cronjob", manifests.cronJob(false).orElseThrow());
  }

  @Test
  void requestedJob() {
    Golden.assertMatches(
        "ingestion-requested-job",
        manifests.requested(new RunRequest(RunRequest.Kind.FullRefresh, "2026-01-01T00:00:00Z")));
  }

  @Test
  void aHeldScheduleIsSuspendedAndNothingElseChanges() {
    var free = manifests.cronJob(false).orElseThrow();
    var held = manifests.cronJob(true).orElseThrow();
    assertThat(held.getSpec().getSuspend()).isTrue();
    held.getSpec().setSuspend(false);
    assertThat(held).isEqualTo(free);
  }

  @Test
  void whatGitOpsToolsWriteOnTheParentStaysThere() {
    var tracked = identified(Samples.ingestionJob());
    tracked
        .getMetadata()
        .setLabels(
            Map.of(
                "app.kubernetes.io/instance", "rental",
                "argocd.argoproj.io/instance", "rental",
                "helm.sh/chart", "rental-1.0.0",
                "kustomize.toolkit.fluxcd.io/name", "rental"));
    tracked
        .getMetadata()
        .setAnnotations(
            Map.of(
                "argocd.argoproj.io/tracking-id",
                    "rental:naru.dev/IngestionJob:rental/reservations",
                "kubectl.kubernetes.io/last-applied-configuration", "{}",
                "meta.helm.sh/release-name", "rental"));
    var children = manifests(tracked, List.of());
    var request = new RunRequest(RunRequest.Kind.Run, "2026-01-01T00:00:00Z");

    assertThat(children.runFile()).isEqualTo(manifests.runFile());
    assertThat(children.cronJob(false)).isEqualTo(manifests.cronJob(false));
    assertThat(children.requested(request)).isEqualTo(manifests.requested(request));
  }

  @Test
  void cronJobWithTemplates() {
    var named = identified(named("nightly"));
    var manifests = manifests(named, List.of(Samples.nightly(), Samples.standard()));
    Golden.assertMatches("ingestion-cronjob-templates", manifests.cronJob(false).orElseThrow());
  }

  @Test
  void noTemplateForcesAFullLoad() {
    var named = identified(named("nightly"));
    var with = resolved(named, List.of(Samples.nightly(), Samples.standard()));
    var without = resolved(job, List.of());
    assertThat(with.runFile().timeout()).hasHours(2);
    assertThat(without.runFile().timeout()).hasHours(4);
    assertThat(Fingerprint.of(with.runFile())).isEqualTo(Fingerprint.of(without.runFile()));
  }

  @Test
  void whatTemplatesSayIsShownWithTheirNames() {
    var job = identified(named("nightly"));
    var effective =
        IngestionStatus.effective(
            job.getSpec(),
            resolved(job, List.of(Samples.nightly(), Samples.standard())).workload());
    assertThat(effective)
        .containsExactly(
            Map.entry("job.historyLimit", "5 (template standard)"),
            Map.entry("job.retries", "1 (template nightly)"),
            Map.entry("spec.parallelism", "4"),
            Map.entry("spec.pod.labels[cost-center]", "mobility (template standard)"),
            Map.entry("spec.pod.labels[team]", "night (template nightly)"),
            Map.entry(
                "spec.pod.resources.limits.cpu", "2 (the most that template standard allows)"),
            Map.entry("spec.pod.tolerations", "spot:NoSchedule (template standard)"),
            Map.entry("spec.schemaPolicy.newColumns", "Add"),
            Map.entry("spec.timeout", "2h (template nightly)"));
  }

  @Test
  void whatIsShownFitsTheSchema() {
    var labels = new TreeMap<String, String>();
    for (var i = 0; i < 32; i++) {
      labels.put("label-%02d".formatted(i), "v");
    }
    var many = Samples.standard();
    var pod = new PodSettings(labels, null, null, Map.of(), List.of());
    many.setSpec(new WorkloadTemplateSpec(true, pod, null, null));
    var effective =
        IngestionStatus.effective(job.getSpec(), resolved(job, List.of(many)).workload());
    assertThat(effective).hasSize(32).containsEntry("…", "4 fields more; the CronJob has them all");
  }

  private static IngestionJob named(String template) {
    var yaml = Lenient.serialization().asYaml(Samples.ingestionJob());
    return Samples.read(
        IngestionJob.class,
        yaml.replace("spec:\n", "spec:\n  templateRef: {name: %s}\n".formatted(template)));
  }

  private static IngestionManifests manifests(IngestionJob job, List<WorkloadTemplate> templates) {
    return new IngestionManifests(
        job,
        resolved(job, templates),
        new WorkerImage("naru-worker:dev", "IfNotPresent", "text", "INFO"));
  }

  private static Resolution.Resolved resolved(IngestionJob job, List<WorkloadTemplate> templates) {
    return (Resolution.Resolved)
        IngestionResolver.resolve(
            job,
            Optional.of(Samples.connection()),
            Optional.of(Samples.warehouse()),
            new Templates(Optional.empty(), templates));
  }

  static IngestionJob identified(IngestionJob job) {
    job.getMetadata().setNamespace("rental");
    job.getMetadata().setUid("11111111-2222-3333-4444-555555555555");
    job.getMetadata().setGeneration(1L);
    return job;
  }
}
