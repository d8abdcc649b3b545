package dev.naru.operator.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.ConnectionStatus;
import dev.naru.operator.Golden;
import dev.naru.operator.it.Samples;
import dev.naru.operator.pod.PodTrouble;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.template.Asked;
import dev.naru.operator.template.Templates;
import dev.naru.operator.template.Workload;
import dev.naru.operator.template.WorkloadResolver;
import dev.naru.runfile.ProbeResult;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConnectionVerdictTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  @Test
  void aReachableServerIsReadyAndDescribed() {
    var status = verdict(answer(true, "Reachable", "PostgreSQL 15.18 answered")).status();
    assertThat(conditions(status))
        .containsOnly(
            Map.entry("Ready", "TRUE Reachable"), Map.entry("Reachable", "TRUE Reachable"));
    assertThat(status.server().version()).isEqualTo("PostgreSQL 15.18");
    assertThat(status.probedGeneration()).isEqualTo(1);
  }

  @Test
  void aNetworkFailureIsUnreachableAndDoesNotTouchReady() {
    var status = verdict(answer(false, "ConnectTimeout", "no answer from h:5432")).status();
    assertThat(conditions(status))
        .containsOnly(
            Map.entry("Ready", "TRUE Unreachable"), Map.entry("Reachable", "FALSE ConnectTimeout"));
  }

  @Test
  void aWrongPasswordIsStalledAndSaysWhatToDo() {
    var status =
        verdict(answer(false, "AuthenticationFailed", "the password in Secret rental-db is wrong"))
            .status();
    assertThat(conditions(status))
        .containsOnly(
            Map.entry("Ready", "FALSE AuthenticationFailed"),
            Map.entry("Stalled", "TRUE AuthenticationFailed"),
            Map.entry("Reachable", "FALSE AuthenticationFailed"));
    assertThat(status.conditions())
        .anyMatch(it -> it.type().equals("Stalled") && it.message().contains("probe again"));
  }

  @Test
  void aMissingSecretIsWaitedForAndTheProbeStaysOpen() {
    var verdict =
        verdict(new Probe.Held(new PodTrouble.Missing("Secret rental-db does not exist")));
    assertThat(conditions(verdict.status()))
        .containsOnly(
            Map.entry("Ready", "FALSE DependencyMissing"),
            Map.entry("Reconciling", "TRUE DependencyMissing"));
    assertThat(verdict.status().probedGeneration()).isNull();
    assertThat(verdict.lookAgain()).contains(java.time.Duration.ofMinutes(5));
  }

  @Test
  void aProbeWithoutAnAnswerNamesItsJob() {
    var status = verdict(new Probe.Lost("rental-db-probe-1", "BackoffLimitExceeded")).status();
    assertThat(conditions(status)).containsEntry("Stalled", "TRUE ProbeFailed");
    assertThat(status.conditions().getFirst().message())
        .contains("kubectl logs job/rental-db-probe-1");
  }

  @Test
  void aProbedGenerationIsNotProbedAgainUntilSomeoneAsks() {
    var connection = connection();
    assertThat(ConnectionVerdict.recorded(connection)).isFalse();
    connection.setStatus(verdict(answer(true, "Reachable", "ok")).status());
    assertThat(ConnectionVerdict.recorded(connection)).isTrue();
    connection.getMetadata().getAnnotations().put(Annotations.RUN_REQUESTED_AT, "now");
    assertThat(ConnectionVerdict.recorded(connection)).isFalse();
    connection.getMetadata().getAnnotations().clear();
    connection.getMetadata().setGeneration(2L);
    assertThat(ConnectionVerdict.recorded(connection)).isFalse();
  }

  @Test
  void theProbesObjects() {
    var manifests = manifests(new Templates(Optional.empty(), List.of()));
    Golden.assertMatches("connection-configmap", manifests.probeFile());
    Golden.assertMatches("connection-probe-job", manifests.probe());
  }

  @Test
  void aProbeIsAPodOfTheDefaultTemplates() {
    var plain = manifests(new Templates(Optional.empty(), List.of()));
    var manifests = manifests(new Templates(Optional.empty(), List.of(Samples.standard())));
    Golden.assertMatches("connection-probe-job-templates", manifests.probe());
    assertThat(manifests.name()).as("another pod is another probe").isNotEqualTo(plain.name());
    assertThat(manifests(new Templates(Optional.empty(), List.of(Samples.nightly()))).name())
        .as("a template that somebody has to name is nothing to a probe")
        .isEqualTo(plain.name());
  }

  private static ProbeManifests manifests(Templates templates) {
    var connection = connection();
    var asked = new Asked("rental", "pod", Optional.empty(), Optional.empty(), List.of());
    return new ProbeManifests(
        connection,
        SourceDocument.of(connection).orElseThrow(),
        SourceDocument.server(connection).orElseThrow(),
        new WorkerImage("naru-worker:dev", "IfNotPresent", "text", "INFO"),
        ((Workload.Effective) WorkloadResolver.resolve(templates, asked)).pod());
  }

  private static ConnectionVerdict verdict(Probe probe) {
    return ConnectionVerdict.of(connection(), probe, CLOCK);
  }

  private static Probe answer(boolean reachable, String reason, String message) {
    return new Probe.Answered(
        new ProbeResult(
            ProbeResult.API_VERSION,
            reachable,
            reason,
            message,
            Optional.of("PostgreSQL 15.18").filter(_ -> reachable),
            Optional.of("Primary").filter(_ -> reachable),
            List.of()));
  }

  private static Connection connection() {
    var connection = Samples.connection();
    connection.getMetadata().setNamespace("rental");
    connection.getMetadata().setUid("99999999-2222-3333-4444-555555555555");
    connection.getMetadata().setGeneration(1L);
    return connection;
  }

  private static Map<String, String> conditions(ConnectionStatus status) {
    return status.conditions().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                it -> it.type(), it -> it.status() + " " + it.reason()));
  }
}
