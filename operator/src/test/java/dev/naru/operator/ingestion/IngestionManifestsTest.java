package dev.naru.operator.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.operator.Golden;
import dev.naru.operator.it.Samples;
import dev.naru.operator.pod.WorkerImage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class IngestionManifestsTest {

  private final IngestionJob job = identified(Samples.ingestionJob());
  private final IngestionManifests manifests =
      new IngestionManifests(
          job,
          (Resolution.Resolved)
              IngestionResolver.resolve(
                  job, Optional.of(Samples.connection()), Optional.of(Samples.warehouse())),
          new WorkerImage("naru-worker:dev", "IfNotPresent", "text", "INFO"));

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
    var children =
        new IngestionManifests(
            tracked,
            (Resolution.Resolved)
                IngestionResolver.resolve(
                    tracked, Optional.of(Samples.connection()), Optional.of(Samples.warehouse())),
            new WorkerImage("naru-worker:dev", "IfNotPresent", "text", "INFO"));
    var request = new RunRequest(RunRequest.Kind.Run, "2026-01-01T00:00:00Z");

    assertThat(children.runFile()).isEqualTo(manifests.runFile());
    assertThat(children.cronJob(false)).isEqualTo(manifests.cronJob(false));
    assertThat(children.requested(request)).isEqualTo(manifests.requested(request));
  }

  static IngestionJob identified(IngestionJob job) {
    job.getMetadata().setNamespace("rental");
    job.getMetadata().setUid("11111111-2222-3333-4444-555555555555");
    job.getMetadata().setGeneration(1L);
    return job;
  }
}
